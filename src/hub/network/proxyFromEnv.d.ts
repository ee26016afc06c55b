/** Which proxy the variables HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY name for an address; the package brings no types. */
declare module 'proxy-from-env' {
  /** '' for none. */
  export function getProxyForUrl(url: string): string;
}
