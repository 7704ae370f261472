// Makes header records from a few lines of text.
#ifndef DFE_TEST_UNIT_HEADERS_RECORD_TESTING_H_
#define DFE_TEST_UNIT_HEADERS_RECORD_TESTING_H_

#include <string>

#include "dfe/format/header_record.h"

namespace dfe::headers {

// One event a line:
//   > a.h     enters a.h, guarded by its own macro A_H   (`!a.h`: no guard;
//             `@`: what the command line defines, to come first)
//   <         leaves
//   = a.h     an #include of a.h that its guard kept out
//   ? X 0     read X, not defined;  ? X 1  read definition 1
//   . X 1     seen as a name that no bracket follows
//   + X 1     defined (definitions 2, 3, 6, 7 … take parameters)
//   ~ X 1     defined if it is not;  ~ X 1 Y  if Y is not
//   - X       undefined
//   lead X    defined as 1 by the main file, before its first #include
//   # TEXT    #pragma TEXT
//   code      the main file's first token
//   counter   __COUNTER__
// The main file is m.cpp, entered and left by itself. Each header has 1000
// tokens and is found in the search folder /i. A guard is read and defined on
// entry by itself, as the preprocessor does.
HeaderRecord RecordOf(const std::string& text);

// The number of a file of the record.
uint32_t FileNamed(const HeaderRecord& record, const std::string& name);

}  // namespace dfe::headers

#endif  // DFE_TEST_UNIT_HEADERS_RECORD_TESTING_H_
