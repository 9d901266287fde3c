// Certificates of our own for the doors of devices in a closed network: an authority that the devices are given once, and the certificate of the gateway that it signs, which may be
// renewed without touching a device. X.509 by @peculiar/x509 (node:crypto reads certificates and writes none).
import 'reflect-metadata'
import { randomBytes, webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import * as x509 from '@peculiar/x509'

const ALG = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const DAY_MS = 86_400_000
type Keys = Parameters<typeof x509.X509CertificateGenerator.createSelfSigned>[0]['keys']
export interface Pair {
  cert: string
  key: string
}
const provider = (): unknown => x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0])
const newKeys = (): Promise<webcrypto.CryptoKeyPair> => webcrypto.subtle.generateKey(ALG, true, ['sign', 'verify'])
async function keyPem(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY') + '\n'
}
/** The first digit below 8: a serial number is positive. */
const serial = (): string => `4${randomBytes(15).toString('hex')}0`.slice(0, 32)

/** Ten years: it lies in the devices. */
export async function makeAuthority(name: string, now: number, days = 3650): Promise<Pair> {
  provider()
  const keys = await newKeys()
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(), name: [{ CN: [name] }], notBefore: new Date(now - DAY_MS), notAfter: new Date(now + days * DAY_MS), signingAlgorithm: ALG, keys: keys as unknown as Keys,
    extensions: [new x509.BasicConstraintsExtension(true, 0, true), new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true), await x509.SubjectKeyIdentifierExtension.create(keys.publicKey as never)],
  })
  return { cert: `${cert.toString('pem')}\n`, key: await keyPem(keys.privateKey) }
}
/** For the names and addresses by which the devices call the gateway. */
export async function issue(authority: Pair, hosts: readonly string[], now: number, days: number): Promise<Pair> {
  provider()
  const ca = new x509.X509Certificate(authority.cert)
  const signingKey = await webcrypto.subtle.importKey('pkcs8', Buffer.from(x509.PemConverter.decodeFirst(authority.key)), ALG, false, ['sign'])
  const keys = await newKeys()
  const cert = await x509.X509CertificateGenerator.create({
    serialNumber: serial(), subject: [{ CN: [hosts[0]!] }], issuer: ca.subject, notBefore: new Date(now - DAY_MS), notAfter: new Date(now + days * DAY_MS), signingAlgorithm: ALG, publicKey: keys.publicKey as never, signingKey: signingKey as never,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true), new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true), new x509.ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.1']),
      new x509.SubjectAlternativeNameExtension(hosts.map((h) => (isIP(h) ? { type: 'ip', value: h } : { type: 'dns', value: h }))), await x509.AuthorityKeyIdentifierExtension.create(ca.publicKey as never),
    ],
  })
  return { cert: `${cert.toString('pem')}\n`, key: await keyPem(keys.privateKey) }
}
