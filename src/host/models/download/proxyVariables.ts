/** VS Code's settings about proxies. */
export interface ProxySettings {
  /** `http.proxySupport`. */
  readonly support: string;
  /** `http.proxy`. */
  readonly proxy: string;
  /** `http.noProxy`. */
  readonly noProxy: readonly string[];
}

/** The environment with the proxy of the settings, which go before variables, as they do for VS Code itself. */
export function withProxy(env: NodeJS.ProcessEnv, { support, proxy, noProxy }: ProxySettings): NodeJS.ProcessEnv {
  const without = (names: RegExp, when: boolean) => ([name]: [string, unknown]): boolean => !when || !names.test(name);
  const rest = Object.fromEntries(Object.entries(env).filter(without(/^(https?|all)_proxy$/i, support === 'off' || proxy !== '')).filter(without(/^no_proxy$/i, noProxy.length > 0)));
  return { ...rest, ...(support !== 'off' && proxy !== '' && { https_proxy: proxy, http_proxy: proxy }), ...(noProxy.length > 0 && { no_proxy: noProxy.join(',') }) };
}
