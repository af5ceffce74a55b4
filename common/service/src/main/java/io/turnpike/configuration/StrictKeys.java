package io.turnpike.configuration;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationPropertiesBean;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Refuses keys under {@code turnpike.} that nobody reads, so that a typing error is never an inert
 * setting. Environment variables and system properties are not looked through for unknown keys:
 * they belong to the whole machine.
 *
 * <p>It applies by itself to each {@code @ConfigurationProperties} class whose prefix begins with
 * {@code turnpike.}; two such classes must not have prefixes inside one another.
 */
@AutoConfiguration
public class StrictKeys {

  private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("turnpike");

  /** Old names, each with the one that took its place. */
  private static final Map<String, String> RENAMED =
      Map.of(
          "turnpike.registry.admin-token", "turnpike.registry.admin-key",
          "turnpike.registry.token", "turnpike.registry.admin-key",
          "turnpike.gateway.max-turns", "turnpike.limits.turns");

  /**
   * Refuses old names before anything is made. The environment is looked through too: a key that
   * nobody reads any more would leave a door open that it once closed.
   */
  @Bean
  static BeanFactoryPostProcessor renamedTurnpikeKeys(Environment environment) {
    return _ ->
        RENAMED.forEach(
            (old, now) -> {
              if (environment.containsProperty(old)) {
                throw StartRefused.property(old, "an old name", now);
              }
            });
  }

  /** Refuses unknown keys inside a known prefix. */
  @Bean
  static ConfigurationPropertiesBindHandlerAdvisor strictTurnpikeKeys() {
    return OnlyUnderRoot::new;
  }

  /** Refuses keys outside all known prefixes. */
  @Bean
  static SmartInitializingSingleton strictTurnpikePrefixes(ApplicationContext context) {
    return () -> checkPrefixes(context);
  }

  private static void checkPrefixes(ApplicationContext context) {
    List<ConfigurationPropertyName> prefixes = new ArrayList<>();
    for (ConfigurationPropertiesBean bean : ConfigurationPropertiesBean.getAll(context).values()) {
      ConfigurationPropertyName prefix =
          ConfigurationPropertyName.of(bean.getAnnotation().prefix());
      if (ROOT.isAncestorOf(prefix) || ROOT.equals(prefix)) {
        prefixes.add(prefix);
      }
    }
    UnboundElementsSourceFilter looked = new UnboundElementsSourceFilter();
    for (ConfigurationPropertySource source :
        ConfigurationPropertySources.get(context.getEnvironment())) {
      if (looked.apply(source) && source instanceof IterableConfigurationPropertySource keys) {
        keys.stream().filter(ROOT::isAncestorOf).forEach(key -> checkPrefix(key, prefixes));
      }
    }
  }

  private static void checkPrefix(
      ConfigurationPropertyName key, List<ConfigurationPropertyName> prefixes) {
    if (prefixes.stream().noneMatch(prefix -> prefix.equals(key) || prefix.isAncestorOf(key))) {
      throw StartRefused.property(
          key.toString(),
          "unknown key",
          "a key under " + String.join(", ", prefixes.stream().map(Object::toString).toList()));
    }
  }

  private static final class OnlyUnderRoot extends AbstractBindHandler {
    private final BindHandler strict;

    OnlyUnderRoot(BindHandler plain) {
      super(plain);
      strict = new NoUnboundElementsBindHandler(plain, new UnboundElementsSourceFilter());
    }

    private static boolean applies(ConfigurationPropertyName name) {
      return ROOT.equals(name) || ROOT.isAncestorOf(name);
    }

    @Override
    public <T> @Nullable Bindable<T> onStart(
        ConfigurationPropertyName name, Bindable<T> target, BindContext context) {
      return applies(name)
          ? strict.onStart(name, target, context)
          : super.onStart(name, target, context);
    }

    @Override
    public @Nullable Object onSuccess(
        ConfigurationPropertyName name, Bindable<?> target, BindContext context, Object result) {
      return applies(name)
          ? strict.onSuccess(name, target, context, result)
          : super.onSuccess(name, target, context, result);
    }

    @Override
    public @Nullable Object onFailure(
        ConfigurationPropertyName name, Bindable<?> target, BindContext context, Exception error)
        throws Exception {
      return applies(name)
          ? strict.onFailure(name, target, context, error)
          : super.onFailure(name, target, context, error);
    }

    @Override
    public void onFinish(
        ConfigurationPropertyName name,
        Bindable<?> target,
        BindContext context,
        @Nullable Object result)
        throws Exception {
      if (applies(name)) {
        strict.onFinish(name, target, context, result);
      }
      // The strict handler does not hand this on, so validation is called here.
      super.onFinish(name, target, context, result);
    }
  }
}
