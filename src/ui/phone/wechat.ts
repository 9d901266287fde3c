// Inside WeChat's own browser: how to know it, and its bridge.
export const inWechat = (): boolean => /MicroMessenger/i.test(navigator.userAgent)

interface Bridge {
  invoke: (name: string, params: object, done: (answer: { err_msg?: string }) => void) => void
}
declare global {
  interface Window {
    WeixinJSBridge?: Bridge
  }
}
/** WeChat puts the bridge in a moment after the page; later it will not come. */
const BRIDGE_MS = 4000

function bridge(): Promise<Bridge | null> {
  if (window.WeixinJSBridge) return Promise.resolve(window.WeixinJSBridge)
  return new Promise((done) => {
    const give = (): void => done(window.WeixinJSBridge ?? null)
    document.addEventListener('WeixinJSBridgeReady', give, { once: true })
    setTimeout(give, BRIDGE_MS)
  })
}

/** What the payer's WeChat says is no proof of payment: the server asks the channel. 'none': this is not WeChat after all. */
export async function payInWechat(params: object): Promise<'done' | 'cancelled' | 'none'> {
  const b = await bridge()
  if (!b) return 'none'
  return new Promise((done) => b.invoke('getBrandWCPayRequest', params, (a) => done(a.err_msg === 'get_brand_wcpay_request:ok' ? 'done' : 'cancelled')))
}
