#include "net/input.hpp"

#include <algorithm>
#include <cstring>

namespace puente::net {

namespace {

constexpr std::size_t usual_bytes = 4096;

}  // namespace

std::span<char> Input::room(std::size_t bytes_max) {
    if (begin_ > 0 && end_ == storage_.size()) {
        std::memmove(storage_.data(), storage_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    if (end_ == storage_.size()) storage_.resize(std::min(std::max(usual_bytes, 2 * storage_.size()), std::max(bytes_max, end_)));
    const std::size_t allowed = bytes_max - std::min(bytes_max, end_ - begin_);
    return {storage_.data() + end_, std::min(storage_.size() - end_, allowed)};
}

void Input::consume(std::size_t count) {
    begin_ += count;
    searched_ = 0;
    if (begin_ == end_) begin_ = end_ = 0;
}

void Input::shrink() {
    if (storage_.size() <= usual_bytes || end_ - begin_ > usual_bytes) return;
    std::string kept{bytes()};
    end_ = kept.size();
    begin_ = 0;
    kept.resize(usual_bytes);
    storage_ = std::move(kept);
}

Input::Head Input::find_head(std::size_t& head_bytes) {
    const std::string_view held = bytes();
    for (std::size_t at = searched_; (at = held.find('\n', at)) != std::string_view::npos; ++at) {
        if (at == 0 || held[at - 1] != '\r' || at == 1) return Head::broken;
        if (held[at - 2] == '\n') {
            head_bytes = at + 1;
            return Head::complete;
        }
    }
    searched_ = held.size();
    return Head::incomplete;
}

}  // namespace puente::net
