# What find_package(dfe) gives a project: dfe_accelerate().
#
#   find_package(dfe)
#   if(dfe_FOUND)
#     dfe_accelerate()        # after project(), before the targets
#   endif()
#
# puts dfe-cc in front of Clang for all targets that follow, and has CMake write
# compile_commands.json. Without `dfe build`, dfe-cc just calls the compiler.
if(CMAKE_VERSION VERSION_LESS 3.21)
  set(dfe_FOUND FALSE)
  set(dfe_NOT_FOUND_MESSAGE "dfe: expected CMake 3.21 or newer, got ${CMAKE_VERSION}")
  return()
endif()
get_filename_component(dfe_PROGRAMS "${CMAKE_CURRENT_LIST_DIR}/../../../bin" ABSOLUTE)
find_program(dfe_CC dfe-cc PATHS "${dfe_PROGRAMS}" NO_DEFAULT_PATH NO_CACHE)
if(NOT dfe_CC)
  set(dfe_FOUND FALSE)
  set(dfe_NOT_FOUND_MESSAGE "dfe: expected dfe-cc in ${dfe_PROGRAMS}, found none")
  return()
endif()

# A macro, because what it sets counts where it is called.
macro(dfe_accelerate)
  # `dfe build` reads in the cache that the project is prepared.
  unset(DFE_LAUNCHER CACHE)
  foreach(dfe_language IN ITEMS C CXX)
    if(NOT CMAKE_${dfe_language}_COMPILER)
      continue()
    endif()
    if(CMAKE_${dfe_language}_COMPILER_LAUNCHER AND
        NOT CMAKE_${dfe_language}_COMPILER_LAUNCHER MATCHES "(^|/)dfe-cc$")
      message(STATUS "dfe: ${dfe_language}: compiled plainly, because "
        "CMAKE_${dfe_language}_COMPILER_LAUNCHER is ${CMAKE_${dfe_language}_COMPILER_LAUNCHER}")
    elseif(NOT CMAKE_${dfe_language}_COMPILER_ID STREQUAL "Clang")
      message(STATUS "dfe: ${dfe_language}: compiled plainly, because the compiler is "
        "${CMAKE_${dfe_language}_COMPILER_ID}: expected Clang")
    else()
      set(CMAKE_${dfe_language}_COMPILER_LAUNCHER "${dfe_CC}")
      set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
      set(DFE_LAUNCHER "${dfe_CC}" CACHE INTERNAL "stands in front of the compiler")
    endif()
  endforeach()
endmacro()
