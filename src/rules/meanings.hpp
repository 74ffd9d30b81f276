#pragma once

#include <array>

namespace puente::rules {

/// A function that expressions may call besides CEL's own and its strings extension.
struct FunctionMeaning {
    const char* name;
    const char* argument;
    const char* result;
    const char* meaning;
};

/// Sources and algorithms stand in the identifiers room. tests/bundle holds this table against the functions that are registered.
inline constexpr std::array function_meanings{
    FunctionMeaning{"aceId.isValid",          "string",    "bool",      "Seven capital letters or digits (CBP ACE identifier)."                                        },
    FunctionMeaning{"caat.isValid",           "string",    "bool",      "Four capital letters or digits (SAT carrier code CAAT)."                                      },
    FunctionMeaning{"cents",                  "string",    "int",
                    "A decimal text as whole hundredths; -1 when it is none, has more than two decimals or passes 63 bits."                                            },
    FunctionMeaning{"controlNumber.isValid",  "string",    "bool",      "Four capital letters (SCAC), then 4 to 12 capital letters or digits."                         },
    FunctionMeaning{"curp.isValid",           "string",    "bool",      "Well formed, and the last digit is the check digit (RENAPO, modulus 10)."                     },
    FunctionMeaning{
                    "curp.isWellFormed",      "string",    "bool",
                    "18 characters: four letters with a vowel or X second, a real day YYMMDD (19YY when position 17 is a digit, else 20YY), H, M or X, a state, "
        "three consonants, a letter or digit, a digit."                                                                                                                },
    FunctionMeaning{"day",                    "string",    "timestamp", "Midnight UTC of a YYYY-MM-DD text; an error when it is no real day."                          },
    FunctionMeaning{"distinct",               "list",      "bool",      "No two items are equal."                                                                      },
    FunctionMeaning{"duns.isValid",           "string",    "bool",      "Nine digits."                                                                                 },
    FunctionMeaning{"ein.isValid",            "string",    "bool",      "NN-NNNNNNN, perhaps with two capital letters or digits more (IRS employer number)."           },
    FunctionMeaning{"entry.isValid",          "string",    "bool",      "Well formed, and the last digit is the check digit (CATAIR appendix E)."                      },
    FunctionMeaning{"entry.isWellFormed",     "string",    "bool",
                    "A filer code of three capital letters or digits, not 000, and eight digits; bare or as XXX-NNNNNNN-N."                                            },
    FunctionMeaning{"fast.isValid",           "string",    "bool",      "Fourteen digits that begin with 4270 and end with 01 or 02 (FAST card)."                      },
    FunctionMeaning{"grams",                  "string",    "int",
                    "A kilogram text as whole grams; -1 when it is no decimal, has more than three decimals or passes 63 bits."                                        },
    FunctionMeaning{"hs.isValid",             "string",    "bool",      "Six, eight or ten digits, the chapter neither 00 nor 77 (Harmonized System)."                 },
    FunctionMeaning{"idCcp.isValid",          "string",    "bool",      "A UUID whose first three characters are CCC (Carta Porte IdCCP)."                             },
    FunctionMeaning{"importer.isValid",       "string",    "bool",      "An EIN, NNN-NN-NNNN (social security) or NNNNNN-NNNNN (CBP assigned)."                        },
    FunctionMeaning{"inBond.isValid",         "string",    "bool",      "Well formed, and the ninth digit is the first eight modulo 7."                                },
    FunctionMeaning{"inBond.isWellFormed",    "string",    "bool",      "Nine digits."                                                                                 },
    FunctionMeaning{"iso6346.isDiscouraged",  "string",    "bool",      "Well formed, and the sum leaves 10: ISO 6346 advises against such serial numbers."            },
    FunctionMeaning{"iso6346.isValid",        "string",    "bool",      "Well formed, and the last digit is the check digit (ISO 6346, annex A)."                      },
    FunctionMeaning{"iso6346.isWellFormed",   "string",    "bool",      "Three capital letters, U, J or Z, seven digits."                                              },
    FunctionMeaning{"itn.date",               "string",    "string",    "The day inside an ITN as YYYY-MM-DD; '' when it is not valid."                                },
    FunctionMeaning{"itn.isValid",            "string",    "bool",      "X, a real day YYYYMMDD, six digits (AES internal transaction number)."                        },
    FunctionMeaning{"lei.isValid",            "string",    "bool",      "Well formed, and the whole leaves 1 modulo 97 with letters as 10 to 35 (ISO 17442, ISO 7064)."},
    FunctionMeaning{"lei.isWellFormed",       "string",    "bool",      "18 capital letters or digits and two digits."                                                 },
    FunctionMeaning{"micros",                 "string",    "int",
                    "A decimal text as whole millionths; -1 when it is none, has more than six decimals or passes 63 bits."                                            },
    FunctionMeaning{"mid.isValid",            "string",    "bool",
                    "Five to 15 capital letters or digits that begin with a country (Canada by province: XA XB XC XM XN XO XP XQ XS XT XV XW XY) "
                    "(CBP manufacturer code)."                                                                                                                         },
    FunctionMeaning{"patente.isValid",        "string",    "bool",      "Four digits (Mexican customs broker's licence)."                                              },
    FunctionMeaning{"pedimento.isValid",      "string",    "bool",      "The same as pedimento.isWellFormed: a pedimento has no check digit."                          },
    FunctionMeaning{"pedimento.isWellFormed", "string",    "bool",
                    "15 digits: year 2, office 2, patente 4, year's last digit 1, sequence 6; bare, or printed 'YY  OO  PPPP  NNNNNNN'."                               },
    FunctionMeaning{"pedimento.office",       "string",    "string",    "Digits 3 and 4; '' when not well formed."                                                     },
    FunctionMeaning{"pedimento.patente",      "string",    "string",    "Digits 5 to 8; '' when not well formed."                                                      },
    FunctionMeaning{"pedimento.sequence",     "string",    "string",    "Digits 10 to 15; '' when not well formed."                                                    },
    FunctionMeaning{"pedimento.year",         "string",    "string",    "Digits 1 and 2; '' when not well formed."                                                     },
    FunctionMeaning{"pedimento.yearDigit",    "string",    "string",    "Digit 9; '' when not well formed."                                                            },
    FunctionMeaning{"plate.isValid",          "string",    "bool",
                    "Five to seven characters, none of them blank, a control character or one of - . ( ) ? ! * (Carta Porte)."                                         },
    FunctionMeaning{"rfc.isCompany",          "string",    "bool",      "Well formed with 12 characters."                                                              },
    FunctionMeaning{"rfc.isGeneric",          "string",    "bool",      "One of XAXX010101000, XEXX010101000, EXTR920901TS4, EMB930401KH4, OIN9304013N0."              },
    FunctionMeaning{"rfc.isValid",            "string",    "bool",      "Well formed, and the last character is the check character (SAT, modulus 11)."                },
    FunctionMeaning{"rfc.isWellFormed",       "string",    "bool",
                    "Three or four letters (A-Z, Ñ, &), a real day YYMMDD of either century, two capital letters or digits, a digit or A (Mexican "
                    "taxpayer number)."                                                                                                                                },
    FunctionMeaning{"scac.isReserved",        "string",    "bool",
                    "Four capital letters that end in U, X or Z (kept for containers, private rail cars, trailers)."                                                   },
    FunctionMeaning{"scac.isValid",           "string",    "bool",      "Four capital letters (carrier code)."                                                         },
    FunctionMeaning{"seal.isValid",           "string",    "bool",      "Two to 15 letters or digits."                                                                 },
    FunctionMeaning{"sum",                    "list(int)", "int",       "The sum; an error past 64 bits. 0 for an empty list."                                         },
    FunctionMeaning{"text.hasLetters",        "string",    "bool",      "Some character is an ASCII letter or stands beyond ASCII."                                    },
    FunctionMeaning{"tripNumber.isValid",     "string",    "bool",      "Four capital letters (SCAC), then 4 to 21 capital letters or digits."                         },
    FunctionMeaning{"usdot.isValid",          "string",    "bool",      "One to eight digits."                                                                         },
    FunctionMeaning{"uuid.isValid",           "string",    "bool",      "A UUID in its 36 characters, either case."                                                    },
    FunctionMeaning{"vin.isNorthAmerican",    "string",    "bool",      "Well formed and begins with 1 to 5: the check digit binds (49 CFR 565)."                      },
    FunctionMeaning{"vin.isValid",            "string",    "bool",      "Well formed, and position 9 is the check digit (49 CFR 565.15)."                              },
    FunctionMeaning{"vin.isWellFormed",       "string",    "bool",      "17 capital letters or digits without I, O and Q."                                             },
};

/// What a field of `facts` says and how a sender works it out from the manifest.
struct FactMeaning {
    const char* field;
    const char* meaning;
};

/// In the order of proto/puente/v1/facts.proto.
inline constexpr std::array fact_meanings{
    FactMeaning{"receivedAt",             "When the manifest reaches the gateway; a sender takes the moment at which it means to send."                   },
    FactMeaning{"arrival",                "trip.estimatedArrival as a moment."                                                                            },
    FactMeaning{"leadMinutes",            "Whole minutes from receivedAt to arrival, rounded down; negative when arrival lies in the past."               },
    FactMeaning{"arrivalDay",             "The day of trip.estimatedArrival as written there, by its own offset, YYYY-MM-DD: rules and lists apply by it."},
    FactMeaning{"empty",                  "There is no shipment."                                                                                         },
    FactMeaning{"loadedEquipment",        "Some trip.equipment[].loadStatus is 'loaded'."                                                                 },
    FactMeaning{"shipmentCount",          "Number of shipments."                                                                                          },
    FactMeaning{"goodsCount",             "Number of shipments[].goods[]."                                                                                },
    FactMeaning{"grossGrams",             "Sum of grams(shipments[].grossMassKg), those that are no decimal left out."                                    },
    FactMeaning{"packages",               "Sum of shipments[].packages.count."                                                                            },
    FactMeaning{"chapters",               "First two digits of every goods[].hs that begins with four digits; sorted, each once."                         },
    FactMeaning{"headings",               "First four digits of every goods[].hs that begins with four digits; sorted, each once."                        },
    FactMeaning{"hazmat",                 "Some goods[] has the block dangerous."                                                                         },
    FactMeaning{"hazardClasses",          "Every goods[].dangerous.class; sorted, each once."                                                             },
    FactMeaning{"essential",              "Column class of list essentialGoods for every chapter and heading on board that is in it; sorted, each once."  },
    FactMeaning{"perishable",             "Some chapter or heading on board is in list perishables."                                                      },
    FactMeaning{"food",                   "Some chapter or heading on board is in list foodHeadings."                                                     },
    FactMeaning{"inBond",                 "Some shipments[].us has the block inBond, or release 'inBond' or 'qpInBond'."                                  },
    FactMeaning{"fast",                   "trip.crossing.lane is 'fast'."                                                                                 },
    FactMeaning{"origins",                "Every goods[].origin; sorted, each once."                                                                      },
    FactMeaning{"repeatedControlNumbers", "Control numbers that stand on more than one shipment; sorted, each once."                                      },
    FactMeaning{"repeatedSeals",          "Seal numbers that stand on more than one piece of equipment; sorted, each once."                               },
    FactMeaning{"repeatedEquipmentIds",   "Values of equipmentId that stand on more than one piece of equipment; sorted, each once."                      },
    FactMeaning{"equipmentIds",           "Every trip.equipment[].equipmentId; sorted, each once."                                                        },
    FactMeaning{"programs",               "Every credentials[].program, also those of shipments; sorted, each once."                                      },
    FactMeaning{"usdCents",               "Sum of cents(goods[].value.amount) where the currency is USD, those that are no decimal left out."             },
    FactMeaning{"earlierUses",            "Identifiers of this manifest that other trips used; known to the gateway only, so empty for a sender."          },
    FactMeaning{"amendment",              "What an amendment changes in what was first accepted; known to the gateway only, absent in a first filing."     },
};

}  // namespace puente::rules
