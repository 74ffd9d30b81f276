#include "api/problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace puente::api {

const std::vector<ProblemType>& problem_types() {
    static const std::vector<ProblemType> types{
        {"not-the-format", 400, "The document is not in the format", "El documento no tiene el formato", "Mend every place under 'errors' and send again.",
         "Corrija cada lugar indicado en 'errors' y envíe de nuevo."},
        {"malformed-request", 400, "The request is malformed", "La solicitud está mal formada", "The request could not be read.", "No se pudo leer la solicitud."},
        {"unauthorized", 401, "Who is asking is not known", "No se conoce a quien solicita", "Present a valid access token from /oauth2/token.",
         "Presente un token de acceso válido de /oauth2/token."},
        {"forbidden", 403, "This is not open to the caller", "El solicitante no tiene permiso", "The token's scope or role does not allow it.",
         "El alcance o el papel del token no lo permite."},
        {"not-found", 404, "There is no such thing", "No existe", "It does not exist, or it is not the caller's.", "No existe o no pertenece al solicitante."},
        {"method-not-allowed", 405, "The method is not allowed here", "El método no se admite aquí", "See the Allow header.", "Consulte el encabezado Allow."},
        {"not-acceptable", 406, "No acceptable form", "Sin forma aceptable", "Answers are application/json.", "Las respuestas son application/json."},
        {"request-timeout", 408, "The request came too slowly", "La solicitud llegó demasiado lento", "Send the whole request without pauses.",
         "Envíe la solicitud completa sin pausas."},
        {"conflict", 409, "The state of the record does not allow it", "El estado del registro no lo permite", "Read the record again and decide anew.",
         "Lea de nuevo el registro y decida otra vez."},
        {"trip-in-use", 409, "The trip number is in use", "El número de viaje está en uso",
         "A manifest of this carrier with this trip number is open; amend or cancel it, or use another trip number.",
         "Hay un manifiesto abierto de este transportista con este número de viaje; modifíquelo, cancélelo o use otro número."},
        {"cursor-gone", 410, "The feed cannot be resumed from here", "El flujo no puede reanudarse desde aquí",
         "Events behind this place are no longer kept, or the place was never reached. Read the lists again and listen without a place.",
         "Los eventos tras esta posición ya no se conservan, o la posición nunca se alcanzó. Lea de nuevo las listas y escuche sin posición."},
        {"length-required", 411, "A length is required", "Se requiere la longitud", "Send Content-Length; transfer codings are not accepted.",
         "Envíe Content-Length; no se aceptan codificaciones de transferencia."},
        {"stale", 412, "The caller's version is out of date", "La versión del solicitante está atrasada", "Read again, then repeat with the new version or fence.",
         "Lea de nuevo y repita con la versión o el número de turno nuevos."},
        {"too-large", 413, "The body is too large", "El cuerpo es demasiado grande", "See the limits in /openapi.json.", "Consulte los límites en /openapi.json."},
        {"target-too-long", 414, "The address is too long", "La dirección es demasiado larga", "Shorten path and query.", "Acorte la ruta y la consulta."},
        {"unsupported-media-type", 415, "The media type is not understood", "El tipo de contenido no se entiende",
         "Send application/json or application/x-protobuf, without content coding.", "Envíe application/json o application/x-protobuf, sin codificación de contenido."},
        {"expectation-failed", 417, "The expectation cannot be met", "No se puede cumplir lo esperado", "Only 'Expect: 100-continue' is understood.",
         "Solo se entiende 'Expect: 100-continue'."},
        {"misdirected", 421, "The request is for another host", "La solicitud es para otro servidor", "The Host header names another server.",
         "El encabezado Host nombra otro servidor."},
        {"rejected-by-rules", 422, "Rejected: not put on file", "Rechazado: no se registró", "Mend every finding of severity 'reject' and send again under a new key.",
         "Corrija cada hallazgo de gravedad 'reject' y envíe de nuevo con otra clave."},
        {"rules-refused", 422, "The rules were not taken", "Las reglas no se aceptaron",
         "Mend every place under 'errors': the rules have to load, and each of their examples has to behave.",
         "Corrija cada lugar indicado en 'errors': las reglas deben cargarse y cada ejemplo debe comportarse como se indica."},
        {"key-reused", 422, "The idempotency key was used for another body", "La clave de idempotencia se usó con otro cuerpo", "Use a new key for a new document.",
         "Use una clave nueva para un documento nuevo."},
        {"precondition-required", 428, "A precondition is required", "Se requiere una precondición", "Send the header that is named.", "Envíe el encabezado indicado."},
        {"too-many-requests", 429, "Too many requests", "Demasiadas solicitudes", "This client sends faster than it may; slow down to the rate agreed.",
         "Este cliente envía más rápido de lo permitido; baje al ritmo acordado."},
        {"header-too-large", 431, "The header is too large", "El encabezado es demasiado grande", "Send fewer or shorter header fields.",
         "Envíe menos campos de encabezado o más cortos."},
        {"internal", 500, "Something went wrong here", "Algo falló aquí", "The fault is ours and was logged under the request id.",
         "La falla es nuestra y quedó registrada con el identificador de la solicitud."},
        {"not-implemented", 501, "The method is not known", "El método no se conoce", "GET, HEAD, POST, PUT, DELETE and OPTIONS are known.",
         "Se conocen GET, HEAD, POST, PUT, DELETE y OPTIONS."},
        {"unavailable", 503, "Not now", "Por ahora no", "Try again after the time in Retry-After, a submission with the same Idempotency-Key.",
         "Reintente tras el tiempo de Retry-After; un envío, con la misma Idempotency-Key."},
        {"version-not-supported", 505, "The protocol version is not supported", "No se admite la versión del protocolo", "Speak HTTP/1.1.", "Use HTTP/1.1."},
    };
    return types;
}

const ProblemType& problem_type(std::string_view slug) {
    const auto& types = problem_types();
    const auto found = std::find_if(types.begin(), types.end(), [&](const ProblemType& type) { return type.slug == slug; });
    assert(found != types.end());
    return *found;
}

const ProblemType& problem_type_of_status(int status) {
    if (status == 400) return problem_type("malformed-request");
    const auto& types = problem_types();
    const auto found = std::find_if(types.begin(), types.end(), [&](const ProblemType& type) { return type.status == status; });
    return found == types.end() ? problem_type("internal") : *found;
}

JsonText begin_problem(const ProblemType& type, rules::Language language, std::string_view request_id, std::string_view detail) {
    const bool spanish = language == rules::Language::es;
    JsonText document;
    document.open_object().member("type", fmt::format("/problems/{}", type.slug)).member("title", spanish ? type.title_es : type.title_en);
    document.member("status", std::int64_t{type.status});
    if (spanish) {
        document.member("detail", type.detail_es).member_if("cause", detail);
    } else {
        document.member("detail", detail.empty() ? std::string_view{type.detail_en} : detail);
    }
    document.member("instance", fmt::format("urn:uuid:{}", request_id));
    return document;
}

net::Response finish_problem(const ProblemType& type, rules::Language language, JsonText& document) {
    net::Response response;
    response.status = type.status;
    response.content_type = "application/problem+json";
    response.body = document.close_object().take();
    response.headers.add("Content-Language", language == rules::Language::es ? "es" : "en");
    if (type.status == 503 || type.status == 429) response.headers.add("Retry-After", "1");
    if (type.status == 401) response.headers.add("WWW-Authenticate", "Bearer realm=\"puente\", error=\"invalid_token\"");
    return response;
}

net::Response problem(std::string_view slug, rules::Language language, std::string_view request_id, std::string_view detail) {
    const ProblemType& type = problem_type(slug);
    JsonText document = begin_problem(type, language, request_id, detail);
    return finish_problem(type, language, document);
}

net::Response problem(const Error& error, rules::Language language, std::string_view request_id) {
    switch (error.kind()) {
        case ErrorKind::internal: return problem("internal", language, request_id);
        case ErrorKind::malformed: return problem("malformed-request", language, request_id, error.detail());
        case ErrorKind::unauthorized: return problem("unauthorized", language, request_id, error.detail());
        case ErrorKind::forbidden: return problem("forbidden", language, request_id, error.detail());
        case ErrorKind::not_found: return problem("not-found", language, request_id);
        case ErrorKind::conflict: return problem("conflict", language, request_id, error.detail());
        case ErrorKind::stale: return problem("stale", language, request_id, error.detail());
        case ErrorKind::overloaded: return problem("unavailable", language, request_id, error.detail());
    }
    return problem("internal", language, request_id);
}

}  // namespace puente::api
