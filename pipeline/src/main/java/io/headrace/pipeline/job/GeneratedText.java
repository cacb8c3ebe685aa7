package io.headrace.pipeline.job;

/**
 * What a model wrote while it learned. Immutable.
 *
 * @param trained samples that it had learned from
 * @param text what it wrote, behind the text it went on from
 */
public record GeneratedText(long trained, String text) {}
