#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace puente::crypto {

/// Throws when OpenSSL could not do what cannot fail in a working installation (memory, a missing algorithm).
inline void must(int outcome, const char* what) {
    if (outcome != 1) throw std::runtime_error{what};
}
template <class T>
T* must(T* made, const char* what) {
    if (made == nullptr) throw std::runtime_error{what};
    return made;
}

/// OpenSSL speaks unsigned char.
inline const unsigned char* unsigned_octets(std::string_view octets) {
    return reinterpret_cast<const unsigned char*>(octets.data());
}
inline unsigned char* unsigned_octets(std::string& octets) {
    return reinterpret_cast<unsigned char*>(octets.data());
}

}  // namespace puente::crypto
