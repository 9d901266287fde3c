// The payer's page, phone sized, in Chinese, plainly marked as simulation. No script, no outside resource.
import { yuanText } from './book.ts'
import type { SimTrade } from './ledger.ts'

export const PAGE_HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
}
const escape = (text: string) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
export function safeReturn(text: string | null): string | null {
  if (!text || text.length > 2048 || !URL.canParse(text)) return null
  const url = new URL(text)
  return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : null
}
const STYLE = `*{box-sizing:border-box}body{margin:0;background:#eef3fb;color:#191919;font:16px/1.5 -apple-system,"PingFang SC","Noto Sans SC",sans-serif}
main{max-width:420px;margin:0 auto;padding:0 16px 32px}.mark{background:#0b3a80;color:#fff;text-align:center;padding:10px;font-size:14px}
.sheet{background:#fff;border-radius:12px;margin-top:24px;padding:28px 20px;text-align:center}.amount{font-size:40px;font-weight:600;margin:4px 0 16px}
dl{margin:0;text-align:left;border-top:1px solid #e5e5e5;padding-top:12px}dl div{display:flex;justify-content:space-between;gap:16px;padding:4px 0}
dt{color:#595959;flex:none}dd{margin:0;text-align:right;word-break:break-all}button,.back{display:block;width:100%;min-height:48px;border-radius:8px;border:0;
font:inherit;font-size:17px;margin-top:16px;cursor:pointer;text-align:center;line-height:48px;text-decoration:none}.go{background:#0958d9;color:#fff}
.no,.back{background:#dbe3f0;color:#191919}:focus-visible{outline:3px solid #7a3b00;outline-offset:2px}`
const shell = (inner: string): string =>
  `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>模拟支付宝</title><style>${STYLE}</style></head>` +
  `<body><header class="mark">模拟支付宝 — 样例环境，不会真实扣款</header><main>${inner}</main></body></html>`

export function payPage(trade: SimTrade): string {
  return shell(
    `<section class="sheet"><h1 style="font-size:16px;font-weight:400;margin:0">${escape(trade.subject)}</h1><p class="amount">¥${yuanText(trade.fen)}</p>` +
      `<dl><div><dt>收款商户</dt><dd>和院物业（样例）</dd></div><div><dt>商户订单号</dt><dd>${escape(trade.out_trade_no)}</dd></div></dl></section>` +
      `<form method="post" action="/pay/${trade.token}/confirm"><button class="go">确认付款</button></form><form method="post" action="/pay/${trade.token}/cancel"><button class="no">取消</button></form>`,
  )
}
export function resultPage(text: string, back: string | null): string {
  const to = safeReturn(back)
  return shell(`<section class="sheet"><h1 style="font-size:20px;margin:0">${escape(text)}</h1></section>${to ? `<a class="back" href="${escape(to)}">返回商户</a>` : ''}`)
}
