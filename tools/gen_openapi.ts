// OpenAPI 3.1 for strangers, from the contracts (SYS-08). Ours is the typed client; nothing in the product reads this file.
import { mkdirSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { contracts } from '../src/apps/contracts.ts'

const schemaOf = (s: unknown, io: 'input' | 'output'): unknown => {
  const { $schema: _, ...rest } = z.toJSONSchema(s as z.ZodType, { io, unrepresentable: 'any' }) as Record<string, unknown>
  return rest
}

export function genOpenApi(): void {
  const paths: Record<string, unknown> = {}
  for (const { contract } of contracts)
    for (const call of Object.values(contract)) {
      const [module, name] = call.name.split('.')
      const problem = { description: '拒绝或故障', content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } } }
      const base = { operationId: call.name, summary: call.zh, tags: [module], 'x-permission': call.may, 'x-refusals': [...call.refuses].sort() }
      if (call.kind === 'download')
        paths[`/dl/${module}/${name}`] = { get: { ...base, parameters: [{ name: 'input', in: 'query', content: { 'application/json': { schema: schemaOf(call.takes, 'input') } } }], responses: { 200: { description: '文件' }, default: problem } } }
      else
        paths[`/api/${module}/${name}`] = {
          post: { ...base, requestBody: { required: true, content: { 'application/json': { schema: schemaOf(call.takes, 'input') } } }, responses: { 200: { description: '成功', content: { 'application/json': { schema: schemaOf(call.gives, 'output') } } }, default: problem } },
        }
    }
  const doc = {
    openapi: '3.1.0',
    info: { title: '和院 Heyuan', version: '1', description: '会话令牌放在 Authorization: Bearer 中。金额为整数分,日期为 YYYY-MM-DD。写操作可带 request_id(UUID),同号只执行一次;dry_run 为真时只试算不保存。' },
    components: {
      securitySchemes: { session: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: { type: 'object', required: ['error', 'message'], properties: { error: { type: 'string' }, message: { type: 'string' }, params: { type: 'object' }, issues: { type: 'array', items: { type: 'object' } }, fault_id: { type: 'string' } } } },
    },
    security: [{ session: [] }],
    paths,
  }
  const to = new URL('../docs/generated/openapi.json', import.meta.url)
  mkdirSync(new URL('.', to), { recursive: true })
  writeFileSync(to, `${JSON.stringify(doc, null, 1)}\n`)
}
