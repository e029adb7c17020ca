// notes/key_prior: logits of a recording, moved towards the keys it is in.
//
//   [stages.prior]
//   use = "notes/key_prior"
//   in = "stitch"             # a record of [T,P] logits with a TimeGrid: one recording
//   strength = 0.5            # 0: logits stay as they are
//   find_keys = true          # false: nothing is looked for where logits stay as they are; posterior and prior are empty then
//
// The reference head's probabilities are folded to pitch classes, averaged over `window` and compared with the profiles of 24 keys;
// the keys' posterior gives a prior of the pitch classes, and strength * log(12 * prior) is added to the logits of `apply_to`. All
// in double precision; dtypes stay. Other fields pass through. Heads of `apply_to` that the record lacks are left out.
// Fails, where keys are looked for, when none of them is there, when they are no fractions or a value is no number, without a TimeGrid, and
// when columns are neither 88 nor 128 and nothing says which pitches they are.
#include <ATen/ops/empty.h>
#include <ATen/TensorOperators.h>
#include <stages/notes/key_model.hpp>
#include <stages/notes/pitch_range.hpp>
#include <stages/notes/used_key_prior.hpp>
#include <stages/report/json_value.hpp>

#include <algorithm>
#include <cmath>
#include <tivit/tensor/stage.hpp>

namespace tivit::notes {
namespace {

const std::vector<std::string> heads{"onset", "pitch", "frame", "offset"};

constexpr std::int64_t rows_at_once = 4096;  ///< in double precision: a long recording is never held so

class KeyPrior {
 public:
  KeyRules rules;
  Duration window{3};
  double beta = rules.beta, uniform = rules.uniform, strength = rules.strength, epsilon = rules.epsilon;
  std::vector<std::string> apply_to{"onset"};
  std::string reference;
  std::optional<std::int64_t> lowest;
  std::int64_t recording_rows = 0;
  bool find_keys = true;

  static void contract(Contract<KeyPrior>& c) {
    c.map("logits moved towards the keys that a recording is in").parallel().attaches<UsedKeyPrior>().attaches<PitchRange>();
    c.param("window", &KeyPrior::window).at_least(0).unit("s").doc("pitch classes are averaged over this long");
    c.param("beta", &KeyPrior::beta).range(1e-9, 1e6).doc("how decided the posterior of the keys is");
    c.param("uniform", &KeyPrior::uniform).range(0, 1).doc("share of the prior that does not depend on the key");
    c.param("strength", &KeyPrior::strength).range(0, 1e3).doc("how much of the prior is added; 0: logits stay as they are");
    c.param("epsilon", &KeyPrior::epsilon).range(1e-300, 1).doc("keeps norms and logarithms finite");
    c.param("apply_to", &KeyPrior::apply_to).doc("heads to rescore: onset, offset, pitch, frame");
    c.param("reference", &KeyPrior::reference)
        .doc("head that the key is found in; empty: the first there is of onset, pitch, frame, offset");
    c.param("lowest_pitch", &KeyPrior::lowest).range(0, 127).unit("MIDI").doc("of the first column; 88 and 128 columns need none");
    c.param("recording_rows", &KeyPrior::recording_rows)
        .at_least(0)
        .unit("rows")
        .doc("the item holds recordings of this length one after another, each for itself; 0: it is one recording");
    c.param("find_keys", &KeyPrior::find_keys).doc("find the keys also where strength is 0; false: posterior and prior have no rows then");
    c.in("logits", "{...}").doc("of a whole recording, with its TimeGrid");
    c.out("logits", "{...}").doc("all fields, rescored ones among them");
    c.out("posterior", "f64[T,24]").doc("probability of each key: C:maj … B:maj, C:min … B:min");
    c.out("prior", "f64[T,12]").doc("of each pitch class, from C");
    c.out("about", "json").doc("what was done, for report/logits");
    c.example("[stages.prior]\nuse = \"notes/key_prior\"\nin = \"stitch\"\nstrength = 0.5\n");
  }

  void check(Faults& faults) const {
    const auto check_head = [&](const std::string& head, const std::string& parameter) {
      if (std::find(heads.begin(), heads.end(), head) == heads.end())
        faults.add(parameter, "\"" + head + "\" in " + parameter + " is no head", "there are " + quoted_list(heads));
    };
    for (const auto& head : apply_to) check_head(head, "apply_to");
    if (!reference.empty()) check_head(reference, "reference");
    if (apply_to.empty()) faults.add("apply_to", "apply_to names no head", "name some of " + quoted_list(heads) + ", or set strength = 0");
  }
  void open(RunContext&) { rules = {window.seconds, beta, uniform, strength, epsilon}; }

  std::tuple<Fields, at::Tensor, at::Tensor, nlohmann::json> operator()(const Fields& logits, Context& context) const {
    if (strength == 0 && !find_keys) {
      context.set(UsedKeyPrior{rules, {}, ""});
      return {logits, at::empty({0, keys_of_music}, at::kDouble), at::empty({0, pitch_classes}, at::kDouble), nlohmann::json::object()};
    }
    const auto& grid = context.get<TimeGrid>("time grid");
    const double rate = std::nearbyint(1e15 / grid.hop_ns) / 1e6;
    const std::string found_in = reference_of(logits);
    const auto targets = targets_of(logits);
    const at::Tensor& source = table(logits, found_in);
    const auto rows = source.size(0), columns = source.size(1);
    std::optional<PitchRange> set;
    if (lowest) set = PitchRange{static_cast<int>(*lowest), static_cast<int>(*lowest + columns - 1)};
    if (set) context.set(*set);  // whoever writes the logits says whose columns they are
    const PitchRange range = pitch_range(set ? &*set : context.find<PitchRange>(), columns);
    const auto part = recording_rows ? recording_rows : std::max<std::int64_t>(rows, 1);
    if (rows % part)
      throw Error("the item has " + std::to_string(rows) + " rows, no whole number of recordings of " + std::to_string(part),
                  "set recording_rows to the length of the recordings in it");
    const at::Tensor posterior = at::empty({rows, keys_of_music}, at::kDouble), prior = at::empty({rows, pitch_classes}, at::kDouble);
    for (std::int64_t row = 0; row < rows; row += part) {
      PitchClassSums sums;
      in_pieces(found_in, source, row, row + part, [&](std::int64_t, const at::Tensor& piece) {
        sums.add(piece.sigmoid().const_data_ptr<double>(), piece.size(0), columns, range.lowest);
      });
      key_track(sums, rate, rules, posterior[row].mutable_data_ptr<double>(), prior[row].mutable_data_ptr<double>());
    }
    Fields out = logits;
    for (const auto& head : targets)
      if (strength > 0) out.set(head, rescored(table(logits, head), head, prior, columns, range.lowest));
    context.set(UsedKeyPrior{rules, targets, found_in});
    const nlohmann::json about{
        {"window_sec", window.seconds}, {"beta", beta},         {"rho_uniform", uniform},   {"lambda_key", strength},    {"fps", rate},
        {"apply_to", targets},          {"ref_head", found_in}, {"midi_low", range.lowest}, {"midi_high", range.highest}};
    return {out, posterior, prior, {{"key_prior", about}}};
  }

 private:
  std::string reference_of(const Fields& logits) const {
    if (!reference.empty()) return reference;
    for (const auto& head : heads)
      if (logits.has(head)) return head;
    throw Error("no head of " + quoted_list(heads) + " to find the key in; there are " + quoted_list(logits.names()),
                "connect logits, or name the head in `reference`");
  }

  std::vector<std::string> targets_of(const Fields& logits) const {
    std::vector<std::string> there;
    for (const auto& head : apply_to)
      if (logits.has(head) && std::find(there.begin(), there.end(), head) == there.end()) there.push_back(head);
    if (there.empty())
      throw Error("none of the heads in apply_to is there: " + quoted_list(apply_to), "there are " + quoted_list(logits.names()));
    return there;
  }

  static const at::Tensor& table(const Fields& logits, const std::string& head) {
    const at::Tensor& values = logits.at(head);
    if (!values.is_floating_point())
      throw Error("the logits of \"" + head + "\" are " + c10::toString(values.scalar_type()) + ", which would cut what is added",
                  "give fractions, such as float32");
    if (values.dim() != 2) throw Error("the logits of \"" + head + "\" are no table of rows and pitches", "give [T,P]");
    return values;
  }

  /// `use(first row, rows)` for some of a head's rows begin, …, end - 1 at a time, as contiguous doubles that may be written to.
  template <class Use>
  static void in_pieces(const std::string& head, const at::Tensor& values, std::int64_t begin, std::int64_t end, const Use& use) {
    for (std::int64_t first = begin; first < end; first += rows_at_once) {
      const at::Tensor piece = at::empty({std::min(rows_at_once, end - first), values.size(1)}, at::kDouble);
      piece.copy_(values.narrow(0, first, piece.size(0)));
      const double* data = piece.const_data_ptr<double>();
      for (std::int64_t i = 0; i < piece.numel(); ++i)
        if (std::isnan(data[i]))
          throw Error("a value is not a number", "look for a training that diverged or a broken checkpoint",
                      "row " + std::to_string(first + i / piece.size(1)) + ", column " + std::to_string(i % piece.size(1)) + " of the " +
                          head + " roll");
      use(first, piece);
    }
  }

  at::Tensor rescored(const at::Tensor& logits, const std::string& head, const at::Tensor& prior, std::int64_t columns,
                      int lowest_pitch) const {
    if (logits.size(0) != prior.size(0) || logits.size(1) != columns)
      throw Error("the logits of \"" + head + "\" have another shape than those that the key is found in",
                  "rescore heads of one size, or name another `reference`");
    const at::Tensor out = at::empty(logits.sizes(), logits.scalar_type());
    in_pieces(head, logits, 0, logits.size(0), [&](std::int64_t first, const at::Tensor& piece) {
      const auto rows = piece.size(0);
      double* data = piece.mutable_data_ptr<double>();
      const double* of_row = prior[first].const_data_ptr<double>();
      for (std::int64_t row = 0; row < rows; ++row, of_row += pitch_classes) {
        std::array<double, pitch_classes> shift;
        for (int pitch = 0; pitch < pitch_classes; ++pitch) shift[pitch] = key_shift(of_row[pitch], rules);
        for (std::int64_t column = 0; column < columns; ++column)
          data[row * columns + column] += shift[(lowest_pitch + column) % pitch_classes];
      }
      out.narrow(0, first, rows).copy_(piece);
    });
    return out;
  }
};
TIVIT_STAGE("notes/key_prior", KeyPrior)

}  // namespace
}  // namespace tivit::notes
