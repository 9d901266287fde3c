// The camera reads a QR code, where the browser can; elsewhere the code is typed.
import { Button } from 'antd-mobile'
import { useEffect, useRef } from 'react'

interface Detector {
  detect: (source: HTMLVideoElement) => Promise<{ rawValue: string }[]>
}
const newer = globalThis as typeof globalThis & { BarcodeDetector?: new (o: { formats: string[] }) => Detector }
const LOOK_MS = 250
export const canScan = (): boolean => newer.BarcodeDetector !== undefined && navigator.mediaDevices !== undefined

export function Scanner({ read, stop }: { read: (text: string) => void; stop: (why?: string) => void }) {
  const video = useRef<HTMLVideoElement>(null)
  const done = useRef({ read, stop })
  useEffect(() => {
    done.current = { read, stop }
  })
  useEffect(() => {
    let stream: MediaStream | undefined
    let timer: ReturnType<typeof setInterval> | undefined
    let over = false
    void (async () => {
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
        const v = video.current
        if (over || !v) return stream.getTracks().forEach((x) => x.stop())
        v.srcObject = stream
        await v.play()
        const detector = new newer.BarcodeDetector!({ formats: ['qr_code'] })
        timer = setInterval(() => {
          void detector.detect(v).then((found) => { if (!over && found[0]) { over = true; done.current.read(found[0].rawValue) } }, () => undefined)
        }, LOOK_MS)
      } catch {
        done.current.stop('相机打不开,请输入标签上的码')
      }
    })()
    return () => {
      over = true
      clearInterval(timer)
      stream?.getTracks().forEach((x) => x.stop())
    }
  }, [])
  return <div className="ph-section"><video ref={video} muted playsInline className="st-scan" aria-label="相机画面" /><Button className="ph-mid" block onClick={() => stop()}>取消扫码</Button></div>
}
