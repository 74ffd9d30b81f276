#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "puente/cel/value.hpp"

namespace puente::cel {

namespace {

/// Blocks double in size up to the largest: a program keeps its literals in an arena of its own, and there are thousands of programs.
constexpr std::size_t first_block_bytes = 256;
constexpr std::size_t block_bytes_max = 16 * 1024;
constexpr std::size_t alignment = 16;

}  // namespace

struct alignas(alignment) Arena::Block {
    Block* next;
    std::size_t size;
    std::size_t taken;
    char* bytes() { return reinterpret_cast<char*>(this + 1); }
};

Arena::Arena() = default;

Arena::~Arena() {
    while (first_ != nullptr) {
        Block* next = first_->next;
        std::free(first_);
        first_ = next;
    }
}

void* Arena::allocate(std::size_t bytes) {
    const std::size_t wanted = (bytes + alignment - 1) & ~(alignment - 1);
    used_ += wanted;
    while (current_ != nullptr) {
        if (current_->size - current_->taken >= wanted) {
            void* const place = current_->bytes() + current_->taken;
            current_->taken += wanted;
            return place;
        }
        if (current_->next == nullptr) break;
        current_ = current_->next;
        current_->taken = 0;
    }
    const std::size_t usual = current_ == nullptr ? first_block_bytes : std::min(current_->size * 2, block_bytes_max);
    const std::size_t size = std::max(usual, wanted);
    void* const raw = std::malloc(sizeof(Block) + size);
    if (raw == nullptr) throw std::bad_alloc{};
    Block* const block = ::new (raw) Block{nullptr, size, wanted};
    (current_ == nullptr ? first_ : current_->next) = block;
    current_ = block;
    return block->bytes();
}

std::string_view Arena::keep(std::string_view text) {
    if (text.empty()) return {};
    char* const copy = static_cast<char*>(allocate(text.size()));
    std::memcpy(copy, text.data(), text.size());
    return {copy, text.size()};
}

void Arena::reset() {
    current_ = first_;
    if (current_ != nullptr) current_->taken = 0;
    used_ = 0;
}

std::size_t Arena::used() const {
    return used_;
}

}  // namespace puente::cel
