#pragma once
// How names of videos end, in lower case: what a data set's folders are searched for.
#include <array>

namespace tivit::data {

constexpr std::array video_extensions{".mp4", ".mov", ".mkv",  ".webm", ".avi", ".wmv", ".m4v",
                                      ".asf", ".mpg", ".mpeg", ".ts",   ".flv", ".ogv"};

}  // namespace tivit::data
