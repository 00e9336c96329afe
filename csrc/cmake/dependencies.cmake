# Every third-party library the core uses: version floor, licence, and why it is here.
# System packages come from packages/apt.txt; nothing is downloaded by CMake.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

# libuv (MIT): event loop, sockets, wake-ups.
pkg_check_modules(UV REQUIRED IMPORTED_TARGET libuv>=1.44)
# c-ares (MIT): name look-ups that do not queue behind libuv's thread pool.
pkg_check_modules(CARES REQUIRED IMPORTED_TARGET libcares>=1.18)
# nghttp2 (MIT): HTTP/2 frames and header compression. The floor is the first with a limit for
# CONTINUATION frames (1.61, and what distributions patched into older ones).
pkg_check_modules(NGHTTP2 REQUIRED IMPORTED_TARGET libnghttp2>=1.52)
# OpenSSL 3 (Apache-2.0): TLS.
find_package(OpenSSL 3.0 REQUIRED)
# zlib (Zlib), brotli (MIT), zstd (BSD-3-Clause): content decoding.
find_package(ZLIB REQUIRED)
pkg_check_modules(BROTLIDEC REQUIRED IMPORTED_TARGET libbrotlidec)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
# libpsl (MIT): which domains are public suffixes, so that no cookie reaches all of them.
pkg_check_modules(PSL REQUIRED IMPORTED_TARGET libpsl>=0.20)
# libidn2 (LGPL-3.0 or GPL-2.0): host names outside ASCII.
pkg_check_modules(IDN2 REQUIRED IMPORTED_TARGET libidn2>=2.0.5)

# libzmq (LGPL-3.0 with the static-linking exception, MPL-2.0 from 4.3.5 on) with CURVE, and cppzmq
# (MIT), its C++ face: messages between master and workers. cppzmq is a header alone.
pkg_check_modules(ZMQ REQUIRED IMPORTED_TARGET libzmq>=4.3.2)
find_path(CPPZMQ_INCLUDE zmq.hpp REQUIRED)
# Not -isystem /usr/include itself, which the compiler searches anyway: that breaks #include_next.
if(NOT CPPZMQ_INCLUDE STREQUAL "/usr/include")
  target_include_directories(PkgConfig::ZMQ SYSTEM INTERFACE ${CPPZMQ_INCLUDE})
endif()

# llhttp (MIT): HTTP/1 parser. An installed package where there is one; otherwise Debian 12's
# node-llhttp, which ships the generated C sources.
find_package(llhttp QUIET CONFIG)
if(TARGET llhttp::llhttp_shared)
  add_library(ll_llhttp ALIAS llhttp::llhttp_shared)
elseif(TARGET llhttp::llhttp_static)
  add_library(ll_llhttp ALIAS llhttp::llhttp_static)
else()
  find_path(LLHTTP_INCLUDE llhttp.h PATHS /usr/share/include/llhttp REQUIRED)
  find_path(LLHTTP_SOURCE llhttp.c PATHS /usr/share/llhttp REQUIRED)
  add_library(ll_llhttp STATIC ${LLHTTP_SOURCE}/api.c ${LLHTTP_SOURCE}/http.c
                               ${LLHTTP_SOURCE}/llhttp.c)
  target_include_directories(ll_llhttp SYSTEM PUBLIC ${LLHTTP_INCLUDE})
  target_compile_options(ll_llhttp PRIVATE -O2 -w)
endif()
