// A plan is drawn anew before it is sent: an SVG becomes PNG (no script, no address, no font of it goes anywhere), a photo loses what its camera wrote into it, what is too
// large is made smaller. In an <img> a drawing runs nothing and loads nothing.
import { Refused } from '../../../ui/api.ts'

const SIDE_MOST = 4000
const SVG_SIDE = 3000
const BYTES_MOST = 8 * 1024 * 1024
const QUALITY = 0.9
const no = (message: string): Refused => new Refused(0, { error: 'kernel.invalid', message })
const isSvg = (f: File): boolean => f.type === 'image/svg+xml' || /\.svg$/i.test(f.name)
async function loaded(file: File): Promise<HTMLImageElement> {
  const url = URL.createObjectURL(isSvg(file) ? new Blob([await file.text()], { type: 'image/svg+xml' }) : file)
  const image = new Image()
  try {
    await new Promise<void>((done, fail) => { image.onload = () => done(); image.onerror = () => fail(no('这个文件不是可以显示的图片,请选 PNG、JPEG 或 SVG')); image.src = url })
    return image
  } finally {
    setTimeout(() => URL.revokeObjectURL(url), 10_000)
  }
}
const blobOf = (c: HTMLCanvasElement, type: string): Promise<Blob | null> => new Promise((done) => c.toBlob(done, type, QUALITY))
export async function asPicture(file: File): Promise<File> {
  const image = await loaded(file)
  const [w, h] = [image.naturalWidth || SVG_SIDE, image.naturalHeight || SVG_SIDE]
  const scale = isSvg(file) ? SVG_SIDE / Math.max(w, h) : Math.min(1, SIDE_MOST / Math.max(w, h))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(w * scale))
  canvas.height = Math.max(1, Math.round(h * scale))
  const pen = canvas.getContext('2d')
  if (!pen) throw no('浏览器不能处理图片,请换一个浏览器')
  pen.fillStyle = '#fff'
  pen.fillRect(0, 0, canvas.width, canvas.height)
  pen.drawImage(image, 0, 0, canvas.width, canvas.height)
  let blob: Blob | null
  try {
    blob = await blobOf(canvas, file.type === 'image/jpeg' ? 'image/jpeg' : 'image/png')
    if (blob && blob.size > BYTES_MOST) blob = await blobOf(canvas, 'image/jpeg')
  } catch {
    throw no('这张 SVG 里有不能转换的内容(如嵌入的网页),请另存为 PNG 再上传')
  }
  if (!blob) throw no('图片没有转换成功,请另存为 PNG 再上传')
  return new File([blob], file.name.replace(/\.\w+$/, '') + (blob.type === 'image/png' ? '.png' : '.jpg'), { type: blob.type })
}
