import { anything, fields, finite, listOf, messages, natural, nullable, oneOf, text, type Shape } from '../../concepts/shape';
import { isErrorData } from '../engine/checkedMessages';
import type { FromDownloader, HubMethod, ToDownloader } from './messages';

const file = fields({ path: text, size: natural, etag: text });
const choice = fields({ kind: oneOf(['checkpoint', 'gguf']), name: text, files: listOf(file) });
const PARAMS: Readonly<Record<HubMethod, Shape<unknown>>> = {
  search: fields({ query: text, token: nullable(text) }),
  look: fields({ repository: text, revision: text, token: nullable(text) }),
  download: fields({ repository: text, revision: text, commit: text, choice, token: nullable(text) }),
};

const isMessage = messages<ToDownloader>({ request: { id: natural, method: oneOf(Object.keys(PARAMS) as HubMethod[]), params: anything }, cancel: { id: natural } });

export const isToDownloader = ((value) => isMessage(value) && (value.type !== 'request' || PARAMS[value.method](value.params))) as Shape<ToDownloader>;

export const isFromDownloader = messages<FromDownloader>({
  progress: { id: natural, progress: fields({ phase: oneOf(['waiting', 'checking', 'fetching', 'pausing']), bytes: natural, total: natural, bytesPerSecond: nullable(finite) }) },
  result: { id: natural, result: anything },
  error: { id: natural, error: isErrorData },
});
