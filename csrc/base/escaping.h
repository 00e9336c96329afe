// Escaping: what scripts and servers wrote, as part of one line of a log or a terminal.
// Thread: any. Errors: none.
#pragma once

#include <string>

namespace locust_like {

// UTF-8 with its control characters (C0, DEL, C1) as Python's repr() writes them: \n, \x1b. So
// nobody writes lines of his own into a log, or colours a terminal. O(size).
std::string escaped_text(std::string text);

}  // namespace locust_like
