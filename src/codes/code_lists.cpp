#include "puente/codes/code_lists.hpp"

#include <algorithm>

namespace puente::codes {
namespace {

bool is_small_letter(char c) {
    return c >= 'a' && c <= 'z';
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// A length goes before each cell, so that no two texts run together into the same bytes.
void append_cell(std::string& text, std::string_view cell) {
    text += std::to_string(cell.size());
    text += ':';
    text += cell;
}

void append_list(std::string& text, const CodeList& list) {
    append_cell(text, list.name());
    for (const std::string_view column : list.columns()) append_cell(text, column);
    text += '\n';
    for (const Entry& entry : list) {
        for (std::size_t i = 0; i < list.columns().size(); ++i) append_cell(text, entry.column(i));
        text += '\n';
    }
}

}  // namespace

std::optional<std::string> list_name(std::string_view file_name) {
    constexpr std::string_view extension = ".csv";
    if (file_name.ends_with(extension)) file_name.remove_suffix(extension.size());
    if (file_name.empty() || !is_small_letter(file_name.front()) || file_name.ends_with('_')) return std::nullopt;
    std::string name;
    bool begins_word = false;
    for (const char c : file_name) {
        if (c == '_' && !begins_word) {
            begins_word = true;
            continue;
        }
        if (!is_small_letter(c) && !is_digit(c)) return std::nullopt;
        name.push_back(begins_word && is_small_letter(c) ? static_cast<char>(c - 'a' + 'A') : c);
        begins_word = false;
    }
    return name;
}

Result<CodeLists> CodeLists::parse(std::vector<std::pair<std::string, std::string>> texts_by_name) {
    std::sort(texts_by_name.begin(), texts_by_name.end());
    CodeLists all;
    std::string faults;
    for (const auto& [name, text] : texts_by_name) {
        std::string fault;
        Result<CodeList> list = CodeList::parse(name, text);
        if (!list) {
            fault = list.error().detail();
        } else if (all.find(name) != nullptr) {
            fault = name + ": given twice";
        } else {
            all.lists_.push_back(std::move(*list));
        }
        if (!fault.empty()) faults += (faults.empty() ? "" : "; ") + fault;
    }
    if (!faults.empty()) return Error{ErrorKind::malformed, faults};
    return all;
}

const CodeList* CodeLists::find(std::string_view name) const {
    const auto by_name = [](const CodeList& list, std::string_view wanted) { return list.name() < wanted; };
    const auto found = std::lower_bound(lists_.begin(), lists_.end(), name, by_name);
    return found != lists_.end() && found->name() == name ? &*found : nullptr;
}

std::string CodeLists::digest_input() const {
    std::string text;
    for (const CodeList& list : lists_) append_list(text, list);
    return text;
}

}  // namespace puente::codes
