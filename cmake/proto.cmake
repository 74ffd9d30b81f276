# The generated classes of proto/, and the descriptors with their comments, from which the field table and the JSON Schema are made.
set(PROTO_ROOT ${CMAKE_SOURCE_DIR}/proto)
set(PROTO_OUT ${CMAKE_BINARY_DIR}/generated)
file(GLOB PROTO_FILES CONFIGURE_DEPENDS RELATIVE ${PROTO_ROOT} ${PROTO_ROOT}/puente/v1/*.proto)
set(PROTO_SOURCES)
set(PROTO_INPUTS)
foreach(file ${PROTO_FILES})
    string(REPLACE ".proto" "" stem ${file})
    list(APPEND PROTO_SOURCES ${PROTO_OUT}/${stem}.pb.cc)
    list(APPEND PROTO_HEADERS ${PROTO_OUT}/${stem}.pb.h)
    list(APPEND PROTO_INPUTS ${PROTO_ROOT}/${file})
endforeach()
file(MAKE_DIRECTORY ${PROTO_OUT})
add_custom_command(
    OUTPUT ${PROTO_SOURCES} ${PROTO_HEADERS} ${PROTO_OUT}/descriptors.pb
    COMMAND protobuf::protoc -I${PROTO_ROOT} --cpp_out=${PROTO_OUT}
            --include_imports --include_source_info --descriptor_set_out=${PROTO_OUT}/descriptors.pb ${PROTO_INPUTS}
    DEPENDS ${PROTO_INPUTS}
    COMMENT "protoc"
    VERBATIM)
add_library(puente_proto STATIC ${PROTO_SOURCES})
target_include_directories(puente_proto SYSTEM PUBLIC ${PROTO_OUT})
target_link_libraries(puente_proto PUBLIC protobuf::libprotobuf)
target_compile_options(puente_proto PRIVATE -w $<$<CXX_COMPILER_ID:GNU>:-fno-sanitize=undefined>)
