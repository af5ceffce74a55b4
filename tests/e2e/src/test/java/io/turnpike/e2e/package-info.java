/** The whole suite as real processes, started by the launcher, killed part by part. */
package io.turnpike.e2e;
