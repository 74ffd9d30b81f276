#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace puente::net {

/// Decrypted bytes that nobody has used yet: a header as it comes, and what was pipelined behind it.
class Input {
public:
    std::string_view bytes() const { return std::string_view{storage_}.substr(begin_, end_ - begin_); }
    bool empty() const { return begin_ == end_; }
    /// Where further bytes may be put: at least one, unless `bytes_max` are held already.
    std::span<char> room(std::size_t bytes_max);
    void added(std::size_t count) { end_ += count; }
    void consume(std::size_t count);
    /// Forgets everything and gives all memory back.
    void release() { *this = Input{}; }
    /// Gives memory back that only an unusually long header needed.
    void shrink();

    enum class Head { incomplete, complete, broken };
    /// Looks for the end of a header in what has come since the last look. Broken: an LF without its CR, or an empty line first; these
    /// are refused at once rather than waited with.
    Head find_head(std::size_t& head_bytes);

private:
    std::string storage_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::size_t searched_ = 0;  ///< from begin_: no header end begins before
};

}  // namespace puente::net
