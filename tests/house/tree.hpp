#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace puente::house {

/// A text file of the repository.
struct File {
    std::string path;  ///< from the root, with '/'
    std::string text;
};

/// Every file that is in the repository or about to be: what git knows or would add. Where there is no git, everything but what a build makes.
const std::vector<std::string>& paths();

/// The text of a file; fails the test and gives nothing when it is not there.
std::string text_of(const std::string& path);

/// Files below one of the folders whose names end in one of the endings.
std::vector<File> files(const std::vector<std::string>& folders, const std::vector<std::string>& endings);

/// C++ with its comments, and what stands in its literals, blanked out; lines stay where they are.
std::string code_only(std::string_view cpp);

/// What stands in the string literals of C++, one after another.
std::vector<std::string> literals(std::string_view cpp);

/// The number of the line in which a place is.
std::size_t line_of(std::string_view text, std::size_t place);

}  // namespace puente::house
