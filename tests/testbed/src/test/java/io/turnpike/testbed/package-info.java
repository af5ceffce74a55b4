/**
 * The testbed of {@code deploy/compose} as it runs in containers: turns, images, dashboards and
 * alerts. Starting points: {@link io.turnpike.testbed.ComposeStack}, {@link
 * io.turnpike.testbed.ComposeIT}.
 */
package io.turnpike.testbed;
