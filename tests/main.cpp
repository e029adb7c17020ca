// The entry point of every test program: Boost.Test, and what tests need from outside the tree.
#define BOOST_TEST_MODULE tivit
#include <boost/test/unit_test.hpp>
