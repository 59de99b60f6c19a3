import type { Language } from "@xueshi/contracts";
import type { CorrectionRow, CorrectionSubject } from "@xueshi/database";
import { type Answer, type AuthenticatedCall, HttpProblem } from "@xueshi/http";
import { applyCorrection } from "./apply-correction.ts";
import type { CorrectionContext } from "./correction-context.ts";
import { listCorrections, listRecords } from "./list-corrections.ts";
import type { Asking, ProposedCorrection } from "./propose-correction.ts";
import { type CorrectionFile, readCorrectionFile } from "./read-file.ts";
import { cancelCorrection, undoCorrection } from "./undo-correction.ts";

/** What corrections of records and decisions about duplicates differ in. */
interface Sort<Request, Shown> {
  readonly of: CorrectionSubject;
  readonly propose: (
    context: CorrectionContext,
    asked: Asking & { readonly request: Request },
  ) => Promise<ProposedCorrection>;
  readonly present: (file: CorrectionFile, context: CorrectionContext, language: Language) => Shown;
}

interface ApplicableRequest {
  readonly kind: CorrectionRow["kind"];
  readonly apply?: true | undefined;
}

/** Says that an answer is that of an earlier request with the same Idempotency-Key. */
const REPLAYED = { "Idempotency-Replayed": "true" } as const;

/** Answers what is asked of one sort: proposed, looked at, applied as one, and taken back. Throws what each of these does. */
export function answerSteps<Request extends ApplicableRequest, Shown>(
  context: CorrectionContext,
  { of, propose, present }: Sort<Request, Shown>,
) {
  const show = async (correctionId: string, { language }: AuthenticatedCall, status = 200) => {
    const file = await readCorrectionFile(context.sql, { correctionId, of });
    return { status, json: present(file, context, language) };
  };
  return {
    async propose(request: Request, call: AuthenticatedCall): Promise<Answer> {
      const { receivedAtMs, idempotencyKey, language } = call;
      const holder = call.principal.name;
      const appliesAtOnce = request.apply === true;
      if (appliesAtOnce && context.fourEyes.has(request.kind)) throw new HttpProblem("second_holder_required");
      const asked = { request, holder, receivedAtMs, idempotencyKey, language };
      const { correctionId, isReplayed } = await propose(context, asked);
      if (appliesAtOnce) await applyCorrection(context, { correctionId, of, holder });
      const answer = await show(correctionId, call, appliesAtOnce ? 200 : 201);
      return { ...answer, ...(isReplayed ? { headers: REPLAYED } : {}) };
    },
    async apply(correctionId: string, call: AuthenticatedCall): Promise<Answer> {
      await applyCorrection(context, { correctionId, of, holder: call.principal.name });
      return show(correctionId, call);
    },
    async cancel(
      correctionId: string,
      { reason }: { readonly reason: string },
      call: AuthenticatedCall,
    ): Promise<Answer> {
      await cancelCorrection(context, { correctionId, of, reason, holder: call.principal.name });
      return show(correctionId, call);
    },
    async undo(
      correctionId: string,
      { reason }: { readonly reason: string },
      call: AuthenticatedCall,
    ): Promise<Answer> {
      await undoCorrection(context, { correctionId, of, reason, holder: call.principal.name });
      return show(correctionId, call);
    },
    get: (correctionId: string, call: AuthenticatedCall): Promise<Answer> => show(correctionId, call),
    async list(query: Parameters<typeof listCorrections>[2], { language }: AuthenticatedCall) {
      const { files, nextCursor } = await listCorrections(context.sql, of, query, language);
      return { shown: files.map((file) => present(file, context, language)), nextCursor };
    },
    async records(
      correctionId: string,
      query: Parameters<typeof listRecords>[2],
      { language }: AuthenticatedCall,
    ): Promise<Answer> {
      return { status: 200, json: await listRecords(context.sql, { correctionId, of }, query, language) };
    },
  };
}
