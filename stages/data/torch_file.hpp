#pragma once
// Files of `torch.save`, read without Python and without running anything, and written so that `torch.load` reads them.
#include <filesystem>
#include <stages/data/object.hpp>
#include <tivit/tensor/fields.hpp>

namespace tivit::data {

/// The whole tree: zip containers (torch >= 1.6) and the older ones, pickle protocols 2 to 5. Tensors that shared a storage
/// share it again. Throws Error for truncated and foreign files, and for classes that are not plain data (unpickle.hpp).
Object read_torch(const std::filesystem::path& path);

/// A zip container with data.pkl (protocol 2), as torch writes it. Tensors that share a storage share it in the file.
void write_torch(const std::filesystem::path& path, const Object& object);

bool looks_like_torch(const std::filesystem::path& path);

/// The model's tensors in a checkpoint's tree: the tree itself when it is a dict of tensors, else its entry "model",
/// "state_dict" or "model_state_dict". A prefix "module." that all names have is taken off. Throws Error saying what is there.
Fields state_dict(const Object& checkpoint);

/// A model's tensors from a file of any form: safetensors, or any .pt that `state_dict` understands; told apart by content.
Fields read_weights(const std::filesystem::path& path);

/// A dict of these tensors, in their order.
Object to_object(const Fields& tensors);

}  // namespace tivit::data
