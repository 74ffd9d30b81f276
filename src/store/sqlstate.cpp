#include "store/sqlstate.hpp"

#include <array>

namespace puente::store {

namespace {

struct Meaning {
    std::string_view state;  ///< a SQLSTATE, or its class of two characters
    ErrorKind kind;
    const char* detail;
};

// The first row that fits counts. Source: PostgreSQL 15 documentation, appendix A.
constexpr std::array meanings{
    Meaning{"23505", ErrorKind::conflict,   "this exists already"                                        },
    Meaning{"23503", ErrorKind::conflict,   "what this refers to is not there"                           },
    Meaning{"23514", ErrorKind::conflict,   "the state of the record does not allow this"                },
    Meaning{"23",    ErrorKind::malformed,  "a value is missing or outside its range"                    },
    Meaning{"22",    ErrorKind::malformed,  "a value is not in the expected form"                        },
    Meaning{"42501", ErrorKind::forbidden,  "this role may not do this"                                  },
    Meaning{"40",    ErrorKind::overloaded, "too many changes to the same record at once; try again"     },
    Meaning{"55P03", ErrorKind::overloaded, "somebody else is changing this record; try again"           },
    Meaning{"57",    ErrorKind::overloaded, "the database did not answer in time; try again"             },
    Meaning{"25006", ErrorKind::overloaded, "the database does not take changes at the moment; try again"},
    Meaning{"08",    ErrorKind::overloaded, "the database cannot be reached; try again"                  },
    Meaning{"53",    ErrorKind::overloaded, "the database is out of room; try again"                     },
    Meaning{"58",    ErrorKind::overloaded, "the database cannot use its disk; try again"                },
};

}  // namespace

Error error_of(std::string_view sqlstate) {
    for (const Meaning& meaning : meanings) {
        if (sqlstate.substr(0, meaning.state.size()) == meaning.state) return Error{meaning.kind, meaning.detail};
    }
    return Error{ErrorKind::internal, "the database refused a statement"};
}

bool is_retryable(std::string_view sqlstate) {
    return sqlstate == "40001" || sqlstate == "40P01";
}

bool is_data_error(std::string_view sqlstate) {
    const std::string_view family = sqlstate.substr(0, 2);
    return family == "22" || family == "23" || family == "54";
}

}  // namespace puente::store
