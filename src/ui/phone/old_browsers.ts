// What iOS 15 and older WeChat kernels lack of what we call. Must be imported before anything that sends.
if (!('timeout' in AbortSignal))
  Object.defineProperty(AbortSignal, 'timeout', {
    value: (ms: number): AbortSignal => {
      const c = new AbortController()
      setTimeout(() => c.abort(), ms)
      return c.signal
    },
  })
export {}
