#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "puente/rules/rule_set.hpp"

namespace puente::rules {

std::vector<SourceFile> read_folder(const std::string& folder) {
    namespace fs = std::filesystem;
    std::vector<SourceFile> files;
    for (const char* part : {"codes", "shared", "cbp", "sat"}) {
        std::error_code missing;
        for (const fs::directory_entry& entry : fs::directory_iterator{fs::path{folder} / part, missing}) {
            if (!entry.is_regular_file()) continue;
            std::ifstream in{entry.path(), std::ios::binary};
            files.push_back({std::string{part} + "/" + entry.path().filename().string(), {std::istreambuf_iterator<char>{in}, {}}});
        }
    }
    std::sort(files.begin(), files.end(), [](const SourceFile& left, const SourceFile& right) { return left.name < right.name; });
    return files;
}

}  // namespace puente::rules
