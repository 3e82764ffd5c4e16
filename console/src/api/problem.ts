// What went wrong, as something that can be shown: a problem document (RFC 9457), or that the hub was not reached.
import type { Schemas } from './types';

type ProblemDocument = Schemas['Problem'];

export class Problem extends Error {
  /** The kind without its prefix: `stale`, `forbidden`; `unreachable` when no answer came, `unanswered` when it may have been done all
   * the same. */
  readonly kind: string;
  /** The HTTP status; 0 when no answer came. */
  readonly status: number;
  /** What exactly is wrong, in the hub's words. */
  readonly detail: string;
  /** The field at fault. */
  readonly field: string | null;
  /** Seconds after which it may be tried again. */
  readonly retryAfter: number | null;

  constructor(kind: string, status: number, detail: string, field: string | null = null, retryAfter: number | null = null) {
    super(`${kind}: ${detail}`);
    this.kind = kind;
    this.status = status;
    this.detail = detail;
    this.field = field;
    this.retryAfter = retryAfter;
  }

  /** Whether the hub's words are of versions: they are for programs, and the kind says to a person what happened and what to do. */
  get ofVersions(): boolean {
    return this.kind === 'stale' || this.kind === 'version-needed';
  }

  static unreachable(cause: unknown): Problem {
    return new Problem('unreachable', 0, cause instanceof Error ? cause.message : String(cause));
  }

  /** No answer came to what changes something. */
  static unanswered(cause: unknown): Problem {
    return new Problem('unanswered', 0, cause instanceof Error ? cause.message : String(cause));
  }

  /** From the body of an answer, whatever it turns out to be. */
  static of(body: unknown, response: Response): Problem {
    const wait = Number(response.headers.get('Retry-After') ?? '');
    const retryAfter = Number.isFinite(wait) && wait > 0 ? wait : null;
    if (isDocument(body)) {
      const kind = body.type.split(':').at(-1) ?? 'internal';
      return new Problem(kind, response.status, body.detail, body.field ?? null, retryAfter);
    }
    return new Problem(response.status >= 500 ? 'unavailable' : 'malformed', response.status, response.statusText, null, retryAfter);
  }
}

function isDocument(body: unknown): body is ProblemDocument {
  return typeof body === 'object' && body !== null && 'type' in body && 'detail' in body && typeof body.type === 'string';
}
