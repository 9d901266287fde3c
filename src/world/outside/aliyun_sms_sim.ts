// 阿里云短信 as its document says (Dysmsapi 2017-05-25; signature V3), for tests: it takes the request apart by itself and knows nothing of our client. It
// can be told to misbehave: `next('isv.BUSINESS_LIMIT_CONTROL')`, `next('hang')`, `next('garbage')`,
// `next('answer_lost')`.
import { createHash, createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

export interface Taken {
  phone: string
  sign: string
  template: string
  params: Record<string, string>
  out_id: string
  /** 20260901, in Beijing. */
  day: string
}
const hex = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The document's steps over what arrived: raw query sorted by name, the headers it names, the hash of the body. */
function signatureOf(req: IncomingMessage, body: string, secret: string): { sent: string; right: string } {
  const m = /^ACS3-HMAC-SHA256 Credential=(\w+),SignedHeaders=([a-z0-9;-]+),Signature=([0-9a-f]{64})$/.exec(req.headers.authorization ?? '')
  if (!m) return { sent: '', right: 'none' }
  const raw = (req.url ?? '').split('?')[1] ?? ''
  const query = raw.split('&').sort().join('&')
  const headers = m[2]!.split(';').map((h) => `${h}:${String(req.headers[h] ?? '').trim()}\n`).join('')
  const request = `${req.method}\n/\n${query}\n${headers}\n${m[2]}\n${hex(body)}`
  return { sent: m[3]!, right: createHmac('sha256', secret).update(`ACS3-HMAC-SHA256\n${hex(request)}`).digest('hex') }
}

/** QuerySendDetails: the messages of a phone on a day (Beijing), newest first. */
function details(taken: readonly Taken[], q: URLSearchParams): object {
  const size = Number(q.get('PageSize'))
  const list = taken.filter((t) => t.phone === q.get('PhoneNumber') && t.day === q.get('SendDate')).reverse().slice((Number(q.get('CurrentPage')) - 1) * size).slice(0, size)
  return { TotalCount: String(list.length), SmsSendDetailDTOs: { SmsSendDetailDTO: list.map((t) => ({ PhoneNum: t.phone, TemplateCode: t.template, OutId: t.out_id, SendStatus: 3, ErrCode: 'DELIVERED' })) } }
}

export async function startAliyunSms(o: { key_id: string; secret: string }): Promise<{ endpoint: string; taken: Taken[]; next: (fault: string) => void; stop: () => Promise<void> }> {
  const taken: Taken[] = []
  const faults: string[] = []
  const nonces = new Set<string>()
  const reply = (res: ServerResponse, status: number, answer: object): void => void res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ RequestId: 'F655A8D5-B967-440B-8683-DAD6FF8DE990', ...answer }))
  const server = createServer((req, res) => {
    let body = ''
    req.on('data', (d) => (body += String(d)))
    req.on('end', () => {
      const fault = faults.shift()
      if (fault === 'hang') return // never answered: the client's own time runs out or the server stops
      if (fault === 'garbage') return void res.end('<html>502</html>')
      if (fault && fault !== 'answer_lost') return reply(res, 200, { Code: fault, Message: fault })
      const nonce = String(req.headers['x-acs-signature-nonce'] ?? '')
      const q = new URLSearchParams((req.url ?? '').split('?')[1])
      if (!(req.headers.authorization ?? '').includes(`Credential=${o.key_id},`)) return reply(res, 404, { Code: 'InvalidAccessKeyId.NotFound', Message: 'Specified access key is not found.' })
      const s = signatureOf(req, body, o.secret)
      if (s.sent !== s.right) return reply(res, 400, { Code: 'SignatureDoesNotMatch', Message: 'Specified signature does not match our calculation.' })
      const action = req.headers['x-acs-action']
      if (nonces.has(nonce) || (action !== 'SendSms' && action !== 'QuerySendDetails') || req.headers['x-acs-version'] !== '2017-05-25') return reply(res, 400, { Code: 'InvalidAction', Message: 'bad action or nonce used' })
      nonces.add(nonce)
      if (action === 'QuerySendDetails') return reply(res, 200, { Code: 'OK', Message: 'OK', ...details(taken, q) })
      taken.push({ phone: q.get('PhoneNumbers') ?? '', sign: q.get('SignName') ?? '', template: q.get('TemplateCode') ?? '', params: JSON.parse(q.get('TemplateParam') ?? '{}') as Record<string, string>, out_id: q.get('OutId') ?? '', day: new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10).replaceAll('-', '') })
      if (fault === 'answer_lost') return void res.destroy()
      reply(res, 200, { Code: 'OK', Message: 'OK', BizId: `9006197469364984${taken.length}^0` })
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.address() as { port: number }
  return {
    endpoint: `http://127.0.0.1:${port}`, taken, next: (fault) => void faults.push(fault),
    stop: () => new Promise((done) => { server.closeAllConnections(); server.close(() => done()) }),
  }
}
