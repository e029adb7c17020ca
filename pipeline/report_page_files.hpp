#pragma once
// What report.html is made of, by file name: what lies in the folder report_page/.
#include <map>
#include <string>

namespace tivit {
const std::map<std::string, std::string>& report_page_files();
}
