// The bodies of Asio for this program (BOOST_ASIO_SEPARATE_COMPILATION): the store does not need the net room, which holds them otherwise.
#include <boost/asio/impl/src.hpp>
