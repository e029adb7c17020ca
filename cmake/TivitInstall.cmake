# What `cmake --install` puts under a prefix, so that find_package(tivit) works there and stages can be built against it alone.
include(CMakePackageConfigHelpers)
set(_config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/tivit)

set_target_properties(tivit_pipeline tivit_tensor tivit_testing PROPERTIES
  INSTALL_RPATH "$ORIGIN" INSTALL_RPATH_USE_LINK_PATH ON)  # oneTBB and LibTorch are found where they were linked from
set_target_properties(tivit_pipeline PROPERTIES EXPORT_NAME pipeline)
set_target_properties(tivit_tensor PROPERTIES EXPORT_NAME tensor)
set_target_properties(tivit_testing PROPERTIES EXPORT_NAME testing)
# The values that travel between stages: <stages/notes/note.hpp> inside the tree and outside.
add_library(tivit_values INTERFACE)
target_include_directories(tivit_values INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/tivit/values>)
set_target_properties(tivit_values PROPERTIES EXPORT_NAME values)
install(TARGETS tivit_pipeline tivit_tensor tivit_testing tivit_values EXPORT tivit LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
install(EXPORT tivit NAMESPACE tivit:: FILE tivitTargets.cmake DESTINATION ${_config_dir} COMPONENT development)

configure_file(cmake/InstallHeaders.cmake.in ${PROJECT_BINARY_DIR}/InstallHeaders.cmake @ONLY)
install(SCRIPT ${PROJECT_BINARY_DIR}/InstallHeaders.cmake COMPONENT development)

configure_package_config_file(cmake/tivitConfig.cmake.in ${PROJECT_BINARY_DIR}/tivitConfig.cmake INSTALL_DESTINATION ${_config_dir})
# Before 1.0 a minor version may change the contract.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/tivitConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/tivitConfig.cmake ${PROJECT_BINARY_DIR}/tivitConfigVersion.cmake
  cmake/TivitFromEnvironment.cmake cmake/TivitTorch.cmake cmake/TivitTBB.cmake cmake/TivitAddStage.cmake cmake/plugin_note.cpp ${PROJECT_BINARY_DIR}/generated/tivit_abi.hpp DESTINATION ${_config_dir} COMPONENT development)

if(TARGET tivit-run)
  set_target_properties(tivit-run PROPERTIES INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}" INSTALL_RPATH_USE_LINK_PATH ON)
  install(TARGETS tivit-run RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT programs)
endif()
install(DIRECTORY graphs configs DESTINATION ${CMAKE_INSTALL_DATADIR}/tivit COMPONENT programs OPTIONAL FILES_MATCHING PATTERN *.toml)
