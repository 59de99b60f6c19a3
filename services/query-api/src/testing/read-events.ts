/** A frame of an event stream; a comment has neither data nor event. */
export interface StreamFrame {
  readonly id: string | null;
  readonly event: string | null;
  readonly data: string | null;
}

/** The frames of an answer, as they come (WHATWG HTML, 9.2.6, of which the service needs little). */
export async function* readEvents(response: Response): AsyncGenerator<StreamFrame> {
  let text = "";
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    const frames = text.split("\n\n");
    text = frames.pop() ?? "";
    for (const frame of frames) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(frame)?.[1] ?? null;
      yield { id: field("id"), event: field("event"), data: field("data") };
    }
  }
}
