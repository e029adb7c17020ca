#include "../pipeline/numbers.hpp"

namespace tivit::tests {
TIVIT_STAGE("numbers/count", Count)
TIVIT_STAGE("numbers/affine", Affine)
TIVIT_STAGE("numbers/spread", Spread)
TIVIT_STAGE("numbers/sum", Sum)
TIVIT_STAGE("numbers/group", Group)
TIVIT_STAGE("numbers/ungroup", Ungroup)
TIVIT_STAGE("numbers/note", Note)
}  // namespace tivit::tests
