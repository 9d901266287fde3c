// What every contract must hold: bounded arrays and texts, refusals and permissions worded in Chinese, fields labelled.
import { z } from 'zod'
import type { Call, Words } from '../../src/kernel/contract.ts'
import { kernelWords } from '../../src/kernel/contract.ts'
import type { Finding } from './walls.ts'

interface Described {
  name: string
  contract: Record<string, Call>
  words: Words | null
}

/** Walks the JSON schema of an input for arrays and strings without an upper bound. */
function unbounded(node: unknown, path: string): string[] {
  if (node === null || typeof node !== 'object') return []
  const n = node as { type?: string; maxItems?: number; maxLength?: number; enum?: unknown; const?: unknown; format?: string; pattern?: string; properties?: Record<string, unknown>; items?: unknown; anyOf?: unknown[]; additionalProperties?: unknown }
  const out: string[] = []
  if (n.type === 'array' && n.maxItems === undefined) out.push(`${path}[] has no maximum`)
  if (n.type === 'string' && n.maxLength === undefined && n.enum === undefined && n.const === undefined && n.format === undefined && n.pattern === undefined) out.push(`${path} has no maximum length`)
  for (const [k, v] of Object.entries(n.properties ?? {})) out.push(...unbounded(v, `${path}.${k}`))
  out.push(...unbounded(n.items, `${path}[]`))
  for (const x of n.anyOf ?? []) out.push(...unbounded(x, path))
  return out
}

export function contractFindings(all: Described[]): Finding[] {
  const out: Finding[] = []
  const refusals = new Set([...Object.keys(kernelWords.refusals), ...all.flatMap((m) => Object.keys(m.words?.refusals ?? {}))])
  const permissions = new Set(all.flatMap((m) => Object.keys(m.words?.permissions ?? {})))
  for (const m of all)
    for (const call of Object.values(m.contract)) {
      const say = (rule: string, detail: string) => out.push({ rule, file: `src/modules/${m.name}/contract.ts`, detail: `${call.name}: ${detail}` })
      if (!call.zh) say('every call has a Chinese label', 'none')
      for (const r of call.refuses) if (!refusals.has(r)) say('every refusal is worded', r)
      if (!['public', 'signed_in', 'resident'].includes(call.may) && !permissions.has(call.may)) say('every permission is worded', call.may)
      const schema = z.toJSONSchema(call.takes as unknown as z.ZodType, { io: 'input', unrepresentable: 'any' })
      for (const u of unbounded(schema, 'takes')) say('every input has a bound', u)
    }
  return out
}
