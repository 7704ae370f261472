// Which compiler it is, by its files.
#include "dfe/build/toolchain.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>

namespace dfe {
namespace {

namespace fs = std::filesystem;

class CompilerFilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    sysroot_ = ::testing::TempDir() + "/sysroot" + std::to_string(getpid());
    fs::remove_all(sysroot_);
    for (const char* folder : {"/bin", "/lib/rustlib"}) {
      fs::create_directories(sysroot_ + folder);
    }
    for (const char* file :
         {"/bin/rustc", "/bin/cargo", "/lib/librustc_driver-1.so",
          "/lib/libLLVM.so.22", "/lib/libother.so"}) {
      std::ofstream(sysroot_ + file) << "1";
    }
    before_ = Files();
  }
  void TearDown() override { fs::remove_all(sysroot_); }

  std::string Files() const { return CompilerFiles("rustc", sysroot_); }
  // As if it were written anew, with the same bytes.
  void Touch(const std::string& file) {
    fs::last_write_time(sysroot_ + file, fs::last_write_time(sysroot_ + file) +
                                             std::chrono::seconds(1));
  }

  std::string sysroot_;
  std::string before_;
};

TEST_F(CompilerFilesTest, TheSameFilesAreTheSameCompiler) {
  EXPECT_FALSE(before_.empty());
  EXPECT_EQ(Files(), before_);
  Touch("/bin/cargo");
  Touch("/lib/libother.so");
  EXPECT_EQ(Files(), before_);
}

TEST_F(CompilerFilesTest, AFileWrittenAnewIsAnotherCompiler) {
  for (const char* file :
       {"/bin/rustc", "/lib/librustc_driver-1.so", "/lib/libLLVM.so.22"}) {
    const std::string before = Files();
    Touch(file);
    EXPECT_NE(Files(), before) << file;
  }
}

TEST_F(CompilerFilesTest, SizePlaceAndNumberCount) {
  const std::string driver = sysroot_ + "/lib/librustc_driver-1.so";
  const fs::file_time_type time = fs::last_write_time(driver);
  std::ofstream(driver) << "12";
  fs::last_write_time(driver, time);
  EXPECT_NE(Files(), before_);
  std::ofstream(driver) << "1";
  fs::last_write_time(driver, time);
  EXPECT_EQ(Files(), before_);
  std::ofstream(sysroot_ + "/lib/librustc_driver-2.so") << "1";
  EXPECT_NE(Files(), before_);
  EXPECT_NE(CompilerFiles(sysroot_ + "/bin/cargo", sysroot_), before_);
}

TEST_F(CompilerFilesTest, WhatIsNotThereIsLeftOut) {
  EXPECT_EQ(CompilerFiles("rustc", ""), "");
  EXPECT_EQ(CompilerFiles("/none/rustc", "/none"), "");
}

}  // namespace
}  // namespace dfe
