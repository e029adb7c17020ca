#include <fcntl.h>
#include <gelf.h>
#include <sys/stat.h>

#include <memory>
#include <string_view>
#include <system_error>
#include <tivit/descriptor.hpp>
#include <tivit/error.hpp>
#include <tivit/plugin.hpp>

namespace tivit {
namespace {

#if defined(__x86_64__)
constexpr int own_machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr int own_machine = EM_AARCH64;
#else
#error "which ELF machine is this?"
#endif

Error damaged(const std::filesystem::path& file, const std::string& what) {
  return Error("plugin " + file.string() + ": " + what, "build it again with tivit_add_stage()");
}

std::vector<BuildFact> facts_of(std::string_view text, const std::filesystem::path& file) {
  std::vector<BuildFact> facts;
  while (!text.empty()) {
    const auto end = text.find('\n'), tab = text.find('\t');
    if (end == text.npos || tab == text.npos || tab > end) throw damaged(file, "its note of what it was built with is damaged");
    facts.push_back({std::string(text.substr(0, tab)), std::string(text.substr(tab + 1, end - tab - 1))});
    text.remove_prefix(end + 1);
  }
  return facts;
}

/// The text of our note in this section's data.
std::optional<std::string_view> note_in(Elf_Data* data) {
  GElf_Nhdr header;
  std::size_t at = 0, name = 0, text = 0;
  while (data && (at = gelf_getnote(data, at, &header, &name, &text)) > 0) {
    const auto* bytes = static_cast<const char*>(data->d_buf);
    if (header.n_type == 1 && std::string_view(bytes + name, header.n_namesz) == std::string_view("tivit\0", 6))
      return std::string_view(bytes + text, header.n_descsz);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::vector<BuildFact>> read_plugin_note(const std::filesystem::path& file) {
  const Descriptor descriptor{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};  // a pipe would wait for its writer
  struct stat about {};
  if (descriptor.value < 0 || ::fstat(descriptor.value, &about) != 0)
    throw Error("cannot read plugin " + file.string() + ": " + std::generic_category().message(errno), "check the path");
  if (!S_ISREG(about.st_mode)) throw Error("plugin " + file.string() + ": it is no file", "give a .so file that tivit_add_stage() made");
  elf_version(EV_CURRENT);
  const std::unique_ptr<Elf, int (*)(Elf*)> elf(elf_begin(descriptor.value, ELF_C_READ, nullptr), elf_end);
  GElf_Ehdr header;
  if (!elf || elf_kind(elf.get()) != ELF_K_ELF || !gelf_getehdr(elf.get(), &header)) throw damaged(file, "it is no shared library");
  if (header.e_machine != own_machine || gelf_getclass(elf.get()) != ELFCLASS64)
    throw damaged(file, "it was built for another kind of processor");
  if (header.e_type != ET_DYN) throw damaged(file, "it is no shared library");
  Elf_Scn* section = nullptr;
  std::size_t sections = 0;
  while ((section = elf_nextscn(elf.get(), section))) {
    ++sections;
    GElf_Shdr table_row;
    if (!gelf_getshdr(section, &table_row)) throw damaged(file, "its table of sections is damaged");
    if (table_row.sh_type != SHT_NOTE) continue;
    if (const auto text = note_in(elf_getdata(section, nullptr))) return facts_of(*text, file);
  }
  if (sections == 0 && header.e_shoff != 0) throw damaged(file, "its table of sections is missing: the file is cut short");
  return std::nullopt;
}

}  // namespace tivit
