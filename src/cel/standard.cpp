#include "cel/standard.hpp"

#include <array>

#include "cel/compare.hpp"

namespace puente::cel {

namespace {

template <Order order>
Value compared(const Value* arguments, std::size_t, Frame& frame) {
    frame.spend(arguments[0].kind() == Kind::string ? arguments[0].as_text().size() / 16 : 0);
    return ordered(order, arguments[0], arguments[1]);
}

template <bool wanted>
Value equality(const Value* arguments, std::size_t, Frame& frame) {
    return Value::boolean(equal(arguments[0], arguments[1], frame) == wanted);
}

Value logical_not(const Value* arguments, std::size_t, Frame&) {
    return arguments[0].kind() == Kind::boolean ? Value::boolean(!arguments[0].as_boolean()) : no_overload();
}

constexpr bool yes = true;
constexpr bool no = false;

constexpr std::array functions = {
    Standard{"_==_",            yes, no,  2, 2, equality<true>                },
    Standard{"_!=_",            yes, no,  2, 2, equality<false>               },
    Standard{"_<_",             yes, no,  2, 2, compared<Order::less>         },
    Standard{"_<=_",            yes, no,  2, 2, compared<Order::less_equal>   },
    Standard{"_>_",             yes, no,  2, 2, compared<Order::greater>      },
    Standard{"_>=_",            yes, no,  2, 2, compared<Order::greater_equal>},
    Standard{"!_",              yes, no,  1, 1, logical_not                   },
    Standard{"-_",              yes, no,  1, 1, negate                        },
    Standard{"_+_",             yes, no,  2, 2, add                           },
    Standard{"_-_",             yes, no,  2, 2, subtract                      },
    Standard{"_*_",             yes, no,  2, 2, multiply                      },
    Standard{"_/_",             yes, no,  2, 2, divide                        },
    Standard{"_%_",             yes, no,  2, 2, modulo                        },
    Standard{"_[_]",            yes, no,  2, 2, item_of                       },
    Standard{"@in",             yes, no,  2, 2, contained_in                  },
    Standard{"size",            yes, yes, 1, 1, size_of                       },
    Standard{"type",            yes, no,  1, 1, to_type                       },
    Standard{"dyn",             yes, no,  1, 1, to_dyn                        },
    Standard{"bool",            yes, no,  1, 1, to_boolean                    },
    Standard{"int",             yes, no,  1, 1, to_integer                    },
    Standard{"uint",            yes, no,  1, 1, to_unsigned                   },
    Standard{"double",          yes, no,  1, 1, to_double                     },
    Standard{"string",          yes, no,  1, 1, to_string                     },
    Standard{"bytes",           yes, no,  1, 1, to_bytes                      },
    Standard{"timestamp",       yes, no,  1, 1, to_timestamp                  },
    Standard{"duration",        yes, no,  1, 1, to_duration                   },
    Standard{"contains",        no,  yes, 2, 2, contains                      },
    Standard{"startsWith",      no,  yes, 2, 2, starts_with                   },
    Standard{"endsWith",        no,  yes, 2, 2, ends_with                     },
    Standard{"matches",         yes, yes, 2, 2, matches                       },
    Standard{"getFullYear",     no,  yes, 1, 2, full_year                     },
    Standard{"getMonth",        no,  yes, 1, 2, month                         },
    Standard{"getDate",         no,  yes, 1, 2, date                          },
    Standard{"getDayOfMonth",   no,  yes, 1, 2, day_of_month                  },
    Standard{"getDayOfWeek",    no,  yes, 1, 2, day_of_week                   },
    Standard{"getDayOfYear",    no,  yes, 1, 2, day_of_year                   },
    Standard{"getHours",        no,  yes, 1, 2, hours                         },
    Standard{"getMinutes",      no,  yes, 1, 2, minutes                       },
    Standard{"getSeconds",      no,  yes, 1, 2, seconds                       },
    Standard{"getMilliseconds", no,  yes, 1, 2, milliseconds                  },
    Standard{"charAt",          no,  yes, 2, 2, char_at                       },
    Standard{"indexOf",         no,  yes, 2, 3, index_of                      },
    Standard{"lastIndexOf",     no,  yes, 2, 3, last_index_of                 },
    Standard{"substring",       no,  yes, 2, 3, substring                     },
    Standard{"join",            no,  yes, 1, 2, join                          },
    Standard{"split",           no,  yes, 2, 3, split                         },
    Standard{"replace",         no,  yes, 3, 4, replace                       },
    Standard{"trim",            no,  yes, 1, 1, trim                          },
    Standard{"lowerAscii",      no,  yes, 1, 1, lower_ascii                   },
    Standard{"upperAscii",      no,  yes, 1, 1, upper_ascii                   },
    Standard{"reverse",         no,  yes, 1, 1, reverse                       },
    Standard{"format",          no,  yes, 2, 2, format                        },
    Standard{"strings.quote",   yes, no,  1, 1, quote                         },
    Standard{"sum",             yes, no,  1, 1, sum_of                        },
    Standard{"distinct",        yes, no,  1, 1, is_distinct                   },
};

}  // namespace

const Standard* find_standard(std::string_view name, bool member) {
    for (const Standard& each : functions)
        if (each.name == name && (member ? each.member : each.global)) return &each;
    return nullptr;
}

}  // namespace puente::cel
