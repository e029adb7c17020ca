// keyboard/render: a piece as a film of the keyboard it is played on. See the contract.
#include <cmath>
#include <filesystem>
#include <stages/data/clip.hpp>
#include <stages/keyboard/camera.hpp>
#include <stages/keyboard/render.hpp>
#include <stages/keyboard/sidecar.hpp>
#include <stages/labels/label_file.hpp>
#include <stages/notes/own_files.hpp>
#include <stages/video/video_writer.hpp>
#include <tivit/contract.hpp>
#include <tivit/writable.hpp>

namespace tivit::keyboard {
namespace {

/// Draws an 88-key keyboard, the hands that play on it and their shadows, in changing light and noise; writes the film
/// (H.264 mp4), the notes as labels and a sidecar with the keyboard's corners. The item's clip tells name and split; without
/// one, its source name. The same seed writes the same bytes.
///   [stages.render]
///   use = "keyboard/render"
///   in = "score"
///   directory = "data/sample"
/// A clip that an earlier run finished with the same piece and settings is left as it is; one of other settings is replaced. Fails
/// when the folder cannot be written, when a file of that name is none that was rendered, and on a second piece of one name.
struct Render {
  std::filesystem::path directory = "data/sample";
  int width = 640, height = 360, fps = 25, quantizer = 23;
  std::string view = "all";
  bool hands = true;
  double light_changes = 1;

  static void contract(Contract<Render>& c) {
    c.map("films of pieces, with labels and corners").parallel();
    c.param("directory", &Render::directory).doc("of the data set; a clip goes to SPLIT/NAME.mp4 in it");
    c.param("width", &Render::width).range(160, 3840).unit("pixels").doc("of the picture, even");
    c.param("height", &Render::height).range(120, 2160).unit("pixels").doc("of the picture, even");
    c.param("fps", &Render::fps).range(5, 120).unit("frames/s").doc("of the film");
    c.param("quantizer", &Render::quantizer).range(0, 51).doc("of H.264: 0 lossless, 51 coarsest");
    c.param("view", &Render::view)
        .one_of({"all", "straight", "angled", "upside_down", "angled_upside_down"})
        .doc("of the camera; all: in turn");
    c.param("hands", &Render::hands).doc("hands cover the keys");
    c.param("light_changes", &Render::light_changes).range(0, 2).doc("how much the light changes: 0 not at all, 1 as in a usual room");
    c.in("notes", "notes");
    c.out("clip", "clip");
    c.attaches<data::Clip>().attaches<SourceName>();
    c.example("[stages.render]\nuse = \"keyboard/render\"\nin = \"score\"\ndirectory = \"data/sample\"\nview = \"all\"\n");
  }
  void check(Faults& faults) const {
    check_folder(faults, "directory", directory);
    for (const auto& [name, pixels] : {std::pair{"width", width}, {"height", height}})
      if (pixels % 2) faults.add(name, std::to_string(pixels) + " is odd, and H.264 codes pairs of pixels", "give an even number");
  }

  data::Clip operator()(const notes::Notes& notes, Context& context) const {
    data::Clip clip = clip_of(context);
    Rendering rendering{
        .picture = {width, height}, .fps = double(fps), .duration_s = clip.duration_s, .hands = hands, .light_changes = light_changes};
    const auto frames = film_length(notes, rendering);
    clip.duration_s = static_cast<double>(frames) / fps;
    const auto folder = directory / clip.split;
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) throw Error("the folder cannot be made: " + error.message(), "give another directory", folder.string());
    clip.video = folder / (clip.name + ".mp4");
    clip.labels = folder / (clip.name + ".txt");
    must_be_alone(clip.video, context);
    Dice dice(context.seed());
    const auto views = view_names();
    const std::string seen = view == "all" ? views[context.id()[context.id().depth() - 1] % views.size()] : view;
    clip.corners = film_from(seen, {width, height}, dice);
    const std::uint64_t seed = dice.bits();
    const auto sidecar = sidecar_path(clip.video);
    const std::string recipe = recipe_of(notes, frames, seen, seed);
    if (!finished(clip, sidecar, recipe)) {
      refuse_foreign(clip, sidecar);
      write_sidecar(sidecar, {*clip.corners, rendered + "not finished"});  // whose files these are, should the run end here
      film(notes, clip, rendering, seed, context);
      labels::write_labels(clip.labels, notes);
      write_sidecar(sidecar, {*clip.corners, recipe});  // last: what marks the clip as whole
    }
    context.set(SourceName{clip.name});
    context.set(clip);
    return clip;
  }

 private:
  inline static const std::string rendered = "rendered, ";  ///< begins the sidecar's comment

  static data::Clip clip_of(const Context& context) {
    if (const auto* clip = context.find<data::Clip>()) return *clip;
    data::Clip clip;
    clip.name = std::filesystem::path(context.get<SourceName>("clip or source name to call the film by").clip).stem().string();
    return clip;
  }
  /// Two pieces of one name would overwrite each other, even at the same time. One that is tried again asks a second time.
  void must_be_alone(const std::filesystem::path& video, const Context& context) const {
    if (!films_.claim_for_item(video, context))
      throw Error("two pieces are called \"" + video.stem().string() + "\"", "rename one: the second film would replace the first",
                  video.string());
  }
  std::string recipe_of(const notes::Notes& notes, std::int64_t frames, const std::string& seen, std::uint64_t seed) const {
    std::uint64_t hash = 1469598103934665603u;  // FNV-1a
    const auto add = [&hash](std::int64_t value) {
      for (int i = 0; i < 8; ++i) hash = (hash ^ (static_cast<std::uint64_t>(value) >> (8 * i) & 255)) * 1099511628211u;
    };
    for (const auto& note : notes.list) add(nanoseconds(note.onset_s)), add(nanoseconds(note.offset_s)), add(note.pitch);
    for (const int value : {width, height, fps, quantizer, static_cast<int>(hands)}) add(value);
    add(frames);
    add(std::lround(light_changes * 1e6));
    add(static_cast<std::int64_t>(seed));
    return rendered + seen + ", recipe 1/" + std::to_string(hash);
  }
  static void refuse_foreign(const data::Clip& clip, const std::filesystem::path& sidecar) {
    const bool ours = std::filesystem::exists(sidecar) && read_sidecar(sidecar).comment.starts_with(rendered);
    for (const auto& file : {clip.video, clip.labels, sidecar})
      if (!ours && std::filesystem::exists(file))
        throw Error("the file is there already, and was not rendered", "give another directory, or move it away", file.string());
  }
  static bool finished(const data::Clip& clip, const std::filesystem::path& sidecar, const std::string& recipe) {
    if (!std::filesystem::exists(clip.video) || !std::filesystem::exists(clip.labels) || !std::filesystem::exists(sidecar)) return false;
    try {
      return read_sidecar(sidecar).comment == recipe;
    } catch (const Error&) {
      return false;
    }
  }
  void film(const notes::Notes& notes, const data::Clip& clip, const Rendering& rendering, std::uint64_t seed,
            const Context& context) const {
    video::VideoWriter writer(clip.video, width, height, fps, 1,
                              {.quantizer = quantizer, .stop = [&context] { return context.cancelled(); }}, video::PixelFormat::i420);
    render(notes, *clip.corners, rendering, seed,
           [&](const std::uint8_t* planes) { writer.write(planes, static_cast<std::size_t>(width)); });
    writer.close();
  }

  notes::OwnFiles films_;
};
TIVIT_STAGE("keyboard/render", Render)

}  // namespace
}  // namespace tivit::keyboard
