package io.headrace.app.http;

import io.micronaut.serde.annotation.Serdeable;

/**
 * What went wrong with a request, as RFC 9457 has it.
 *
 * @param title the HTTP status in words
 * @param detail what to do about it, for a person
 * @param instance path of the request
 */
@Serdeable
record Problem(String type, String title, int status, String detail, String instance) {}
