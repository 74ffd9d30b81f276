#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "puente/cel/value.hpp"

namespace puente::cel {

namespace {

/// Blocks double in size up to the largest: a program keeps its literals in an arena of its own, and there are thousands of programs.
constexpr std::size_t first_block_bytes = 512;
constexpr std::size_t block_bytes_max = 16 * 1024;

}  // namespace

struct Arena::Block {
    Block* next;
    std::size_t size;
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

void Arena::stand_in(Block* block) {
    static_assert(sizeof(Block) % alignment == 0, "what follows a block's head is aligned as malloc aligns the head");
    current_ = block;
    next_ = block->bytes();
    end_ = next_ + block->size;
}

/// In a block further on that has the room, else in a new one at the end.
void* Arena::allocate_elsewhere(std::size_t wanted) {
    while (current_ != nullptr && current_->next != nullptr) {
        stand_in(current_->next);
        if (current_->size >= wanted) return allocate(wanted);
    }
    const std::size_t usual = current_ == nullptr ? first_block_bytes : std::min(current_->size * 2, block_bytes_max);
    const std::size_t size = std::max(usual, wanted);
    void* const raw = std::malloc(sizeof(Block) + size);
    if (raw == nullptr) throw std::bad_alloc{};
    Block* const block = ::new (raw) Block{nullptr, size};
    (current_ == nullptr ? first_ : current_->next) = block;
    stand_in(block);
    return allocate(wanted);
}

std::string_view Arena::keep(std::string_view text) {
    if (text.empty()) return {};
    char* const copy = static_cast<char*>(allocate(text.size()));
    std::memcpy(copy, text.data(), text.size());
    return {copy, text.size()};
}

void Arena::reset() {
    if (used_ == 0) return;
    stand_in(first_);
    used_ = 0;
}

std::size_t Arena::used() const {
    return used_;
}

}  // namespace puente::cel
