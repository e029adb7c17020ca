#pragma once
namespace tivit {
/// "0.1.0"
const char* version();
}  // namespace tivit
