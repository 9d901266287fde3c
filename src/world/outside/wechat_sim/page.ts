// The payer's page (收银台), phone sized, in Chinese, plainly marked as simulation. No script, no outside resource.
import type { SimOrder } from './ledger.ts'

export const PAGE_HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
}

const escape = (text: string) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)

/** Whole yuan and two digits of fen, by string: 123456 is 1234.56. */
export function yuanText(fen: number): string {
  const digits = String(fen).padStart(3, '0')
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`
}

/** What the payer's page can do wrong on demand, as the merchant sees it. */
export const PAGE_FAULTS = { duplicate: '付款,通知重复发 5 次', delay: '付款,通知晚 20 秒', drop: '付款,通知丢失(靠查单到账)', wrong_amount: '付款,通知金额不符', late: '先回商户,30 秒后才扣款(其间可取消订单)' } as const
export type PageFault = keyof typeof PAGE_FAULTS

/** Only a web address may be gone back to. */
export function safeRedirect(text: string | null): string | null {
  if (!text || text.length > 2048 || !URL.canParse(text)) return null
  const url = new URL(text)
  return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : null
}

const STYLE = `
*{box-sizing:border-box}body{margin:0;background:#f2f2f2;color:#191919;font:16px/1.5 -apple-system,"PingFang SC",
"Noto Sans SC","Microsoft YaHei",sans-serif}main{max-width:420px;margin:0 auto;padding:0 16px 32px}
.mark{background:#7a3b00;color:#fff;text-align:center;padding:10px;font-size:14px}
.sheet{background:#fff;border-radius:12px;margin-top:24px;padding:28px 20px;text-align:center}
.amount{font-size:40px;font-weight:600;margin:4px 0 16px}dl{margin:0;text-align:left;border-top:1px solid #e5e5e5;padding-top:12px}
dl div{display:flex;justify-content:space-between;gap:16px;padding:4px 0}dt{color:#595959;flex:none}dd{margin:0;text-align:right;word-break:break-all}
button,.back{display:block;width:100%;min-height:48px;border-radius:8px;border:0;font:inherit;font-size:17px;margin-top:16px;cursor:pointer;
text-align:center;line-height:48px;text-decoration:none}details{margin-top:28px}summary{color:#595959;min-height:44px;line-height:44px;cursor:pointer}.go{background:#067a43;color:#fff}.no,.back{background:#e1e1e1;color:#191919}
:focus-visible{outline:3px solid #0958d9;outline-offset:2px}`

function shell(title: string, inner: string): string {
  return (
    `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width,initial-scale=1"><title>${title}</title><style>${STYLE}</style></head>` +
    `<body><header class="mark">模拟微信支付 — 样例环境，不会真实扣款</header><main>${inner}</main></body></html>`
  )
}

export function payPage(order: SimOrder, merchant: string, redirect: string | null): string {
  const hidden = redirect ? `<input type="hidden" name="redirect_url" value="${escape(redirect)}">` : ''
  const action = `/pay/${order.prepay_id}`
  return shell(
    '模拟微信支付',
    `<section class="sheet"><h1 style="font-size:16px;font-weight:400;margin:0">${escape(order.description)}</h1>` +
      `<p class="amount">¥${yuanText(order.total)}</p>` +
      `<dl><div><dt>收款商户</dt><dd>${escape(merchant)}</dd></div>` +
      `<div><dt>商户订单号</dt><dd>${escape(order.out_trade_no)}</dd></div></dl></section>` +
      `<form method="post" action="${action}/confirm">${hidden}<button class="go">确认支付</button></form>` +
      `<form method="post" action="${action}/cancel">${hidden}<button class="no">取消</button></form>` +
      `<form method="post" action="${action}/confirm">${hidden}<details><summary>模拟异常</summary>${Object.entries(PAGE_FAULTS).map(([kind, text]) => `<button class="no" name="fault" value="${kind}">${text}</button>`).join('')}</details></form>`,
  )
}

export function resultPage(text: string, redirect: string | null): string {
  const back = redirect ? `<a class="back" href="${escape(redirect)}">返回商户</a>` : ''
  return shell('模拟微信支付', `<section class="sheet"><h1 style="font-size:20px;margin:0">${escape(text)}</h1></section>${back}`)
}
