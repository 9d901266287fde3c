// A smallest valid input for any contract, made from its shape: for the access matrix, where only the door matters.
import { z } from 'zod'

interface Node {
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  format?: string
  pattern?: string
  minLength?: number
  minItems?: number
  minimum?: number
  exclusiveMinimum?: number
  properties?: Record<string, Node>
  required?: string[]
  items?: Node
  anyOf?: Node[]
  oneOf?: Node[]
  allOf?: Node[]
  default?: unknown
}

const ID = '01900000-0000-7000-8000-000000000001'

export function sampleInput(shape: unknown): unknown {
  return make(z.toJSONSchema(shape as z.ZodType, { io: 'input', unrepresentable: 'any' }) as Node)
}

function make(n: Node): unknown {
  if (n.default !== undefined) return n.default
  if (n.const !== undefined) return n.const
  if (n.enum) return n.enum[0]
  const pick = n.anyOf ?? n.oneOf
  if (pick) return make(pick[0]!)
  if (n.allOf) return Object.assign({}, ...n.allOf.map(make))
  const type = Array.isArray(n.type) ? n.type[0] : n.type
  if (type === 'object') return Object.fromEntries((n.required ?? []).map((k) => [k, make(n.properties?.[k] ?? {})]))
  if (type === 'array') return Array.from({ length: n.minItems ?? 0 }, () => make(n.items ?? {}))
  if (type === 'integer' || type === 'number') return Math.max(n.minimum ?? 1, 1)
  if (type === 'boolean') return false
  if (type === 'string') return text(n)
  return {}
}

function text(n: Node): string {
  if (n.format === 'uuid') return ID
  const p = n.pattern ?? ''
  if (p.includes('(0[1-9]|[12]')) return '2026-01-01'
  if (p.includes('(0[1-9]|1[0-2])$')) return '2026-01'
  if (p.includes('1[3-9]')) return '13800000000'
  if (p.includes('\\d{6}')) return '000000'
  if (p.includes('a-zA-Z')) return 'someone'
  if (p.includes('\\d')) return '1'
  return '试'.repeat(Math.max(n.minLength ?? 1, 10))
}
