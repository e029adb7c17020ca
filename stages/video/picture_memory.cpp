#include <stages/video/picture_memory.hpp>

#include <gst/video/video.h>

#include <stages/video/spare_blocks.hpp>

namespace {

/// Never destroyed: decoders of the pool of readers may outlive what is.
tivit::video::SpareBlocks& spare() {
  static auto* const all = new tivit::video::SpareBlocks(32u << 20);
  return *all;
}

/// What the decoder writes to, or (`origin` is set) a reader's view of it.
struct PictureMemory {
  GstMemory base;
  void* bytes;
  GstMemory* origin;
};

PictureMemory* as_picture(GstMemory* memory) { return reinterpret_cast<PictureMemory*>(memory); }

GstMemory* new_memory(GstAllocator* allocator, GstMemoryFlags flags, void* bytes, GstMemory* origin, gsize whole, gsize align, gsize offset,
                      gsize size) {
  auto* picture = g_new0(PictureMemory, 1);
  gst_memory_init(GST_MEMORY_CAST(picture), flags, allocator, nullptr, whole, align, offset, size);
  picture->bytes = bytes, picture->origin = origin;
  return GST_MEMORY_CAST(picture);
}

GstMemory* allocate(GstAllocator* allocator, gsize size, GstAllocationParams* params) {
  const gsize whole = params->prefix + size + params->padding;
  void* const bytes = params->align < 4096 ? spare().take(whole) : nullptr;  // blocks begin with a page
  if (!bytes) return nullptr;
  return new_memory(allocator, params->flags, bytes, nullptr, whole, params->align, params->prefix, size);
}

void release(GstAllocator*, GstMemory* memory) {
  auto* picture = as_picture(memory);
  if (picture->origin)
    gst_memory_unref(picture->origin);
  else
    spare().give(picture->bytes, memory->maxsize);
  g_free(picture);
}

gpointer map(GstMemory* memory, gsize, GstMapFlags) { return as_picture(memory)->bytes; }
void unmap(GstMemory*) {}

/// Not as `parent`: that would ask for the lock which the decoder holds.
GstMemory* view(GstMemory* memory, gssize offset, gssize size) {
  auto* picture = as_picture(memory);
  GstMemory* origin = picture->origin ? picture->origin : memory;
  const gsize length = size < 0 ? memory->size - static_cast<gsize>(offset) : static_cast<gsize>(size);
  return new_memory(memory->allocator, GST_MEMORY_FLAG_READONLY, picture->bytes, gst_memory_ref(origin), memory->maxsize, memory->align,
                    memory->offset + static_cast<gsize>(offset), length);
}

}  // namespace

struct TivitPictureAllocator {
  GstAllocator base;
};
struct TivitPictureAllocatorClass {
  GstAllocatorClass base;
};
G_DEFINE_TYPE(TivitPictureAllocator, tivit_picture_allocator, GST_TYPE_ALLOCATOR)

static void tivit_picture_allocator_class_init(TivitPictureAllocatorClass* own) {
  own->base.alloc = allocate;
  own->base.free = release;
}
static void tivit_picture_allocator_init(TivitPictureAllocator* own) {
  auto* allocator = GST_ALLOCATOR_CAST(own);
  allocator->mem_type = "tivit-picture";
  allocator->mem_map = map;
  allocator->mem_unmap = unmap;
  allocator->mem_copy = allocator->mem_share = view;
  GST_OBJECT_FLAG_SET(allocator, GST_ALLOCATOR_FLAG_CUSTOM_ALLOC);
}

struct TivitPicturePool {
  GstVideoBufferPool base;
};
struct TivitPicturePoolClass {
  GstVideoBufferPoolClass base;
};
G_DEFINE_TYPE(TivitPicturePool, tivit_picture_pool, GST_TYPE_VIDEO_BUFFER_POOL)

/// The decoder is done with a buffer. Where readers still look at its memory, that is theirs from now on: the pool drops what is tagged.
static void give_back(GstBufferPool* pool, GstBuffer* buffer) {
  for (guint i = 0; i < gst_buffer_n_memory(buffer); ++i)
    if (GST_MINI_OBJECT_REFCOUNT_VALUE(gst_buffer_peek_memory(buffer, i)) > 1) GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_TAG_MEMORY);
  GST_BUFFER_POOL_CLASS(tivit_picture_pool_parent_class)->release_buffer(pool, buffer);
}
static void tivit_picture_pool_class_init(TivitPicturePoolClass* own) { GST_BUFFER_POOL_CLASS(own)->release_buffer = give_back; }
static void tivit_picture_pool_init(TivitPicturePool*) {}

namespace tivit::video {
namespace {

GstPadProbeReturn on_query(GstPad*, GstPadProbeInfo* info, gpointer) {
  GstQuery* query = GST_PAD_PROBE_INFO_QUERY(info);
  if (GST_QUERY_TYPE(query) != GST_QUERY_ALLOCATION) return GST_PAD_PROBE_OK;
  GstCaps* caps = nullptr;
  gboolean wants_pool = FALSE;
  gst_query_parse_allocation(query, &caps, &wants_pool);
  GstVideoInfo video;
  if (!caps || !gst_video_info_from_caps(&video, caps)) return GST_PAD_PROBE_OK;
  static auto* const allocator = static_cast<GstAllocator*>(gst_object_ref_sink(g_object_new(tivit_picture_allocator_get_type(), nullptr)));
  GstAllocationParams params;
  gst_allocation_params_init(&params);
  gst_query_add_allocation_param(query, allocator, &params);
  gst_query_add_allocation_meta(query, GST_VIDEO_META_API_TYPE, nullptr);
  auto* pool = static_cast<GstBufferPool*>(gst_object_ref_sink(g_object_new(tivit_picture_pool_get_type(), nullptr)));
  gst_query_add_allocation_pool(query, pool, static_cast<guint>(GST_VIDEO_INFO_SIZE(&video)), 0, 0);
  gst_object_unref(pool);
  return GST_PAD_PROBE_HANDLED;
}

}  // namespace

void offer_picture_memory(GstPad* sink) { gst_pad_add_probe(sink, GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM, on_query, nullptr, nullptr); }

}  // namespace tivit::video
