#include <stages/model/weights.hpp>

#include <tivit/error.hpp>

namespace tivit::model {

Fields read_weights(const std::filesystem::path& path) { throw Error("cannot read weights yet", "", path.string()); }

}  // namespace tivit::model
