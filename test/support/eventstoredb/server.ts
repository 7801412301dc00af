/**
 * The services of an EventStoreDB server on a loopback port: Streams, ServerFeatures and Gossip. The sockets are our
 * own, so that one connection can be reset without the others.
 */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import * as grpc from '@grpc/grpc-js';
import featuresService from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import gossipService from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { append, batchAppend, softDelete, tombstone } from './appendCalls.ts';
import type { Faults } from './faults.ts';
import { read } from './readCalls.ts';
import { certificate, type Security } from './security.ts';
import type { Store } from './store.ts';

export type Version = '23.10.6' | '24.2.0';

/** What every call is served with. */
export interface Serving {
  readonly store: Store;
  readonly faults: Faults;
  readonly version: Version;
  readonly address: { readonly host: string; readonly port: number };
  /** Cuts the connection of `host:port` off, as a network that fails does. */
  readonly resetPeer: (peer: string) => void;
}

export interface Server {
  readonly port: number;
  /** Stops listening and cuts every connection off. */
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
/** Beyond this, real servers end the whole call with RESOURCE_EXHAUSTED. */
const MESSAGE_BYTES = 17 * 1024 * 1024;

/** Serves on the port, 0 for any, with TLS where it is to be secure. Fails with EADDRINUSE if it is taken. */
export async function serve(
  parts: Pick<Serving, 'store' | 'faults' | 'version'>,
  port: number,
  security?: Security,
): Promise<Server> {
  const sockets = new Map<string, Socket>();
  /** A connection under TLS can only be closed in order. */
  const cutOff = (socket: Socket | undefined): void =>
    void (security === undefined ? socket?.resetAndDestroy() : socket?.destroy());
  const server = new grpc.Server({
    'grpc.max_receive_message_length': MESSAGE_BYTES,
    'grpc.max_send_message_length': -1,
    interceptors: security?.user === undefined ? [] : [signedIn(security.user)],
  });
  const connections = server.createConnectionInjector(grpc.ServerCredentials.createInsecure());
  const take = (socket: Socket): void => {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    sockets.set(peer, socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(peer));
    connections.injectConnection(socket);
  };
  const listener =
    security === undefined
      ? createServer(take)
      : createTlsServer(
          {
            key: certificate('server.key'),
            cert: certificate('server.crt'),
            ca: certificate('ca.crt'),
            requestCert: security.userCertificate === true,
            ALPNProtocols: ['h2'],
          },
          take,
        );
  listener.on('tlsClientError', () => {});
  await new Promise<void>((ready, failed) => {
    listener.once('error', failed);
    listener.listen(port, HOST, ready);
  });
  const address = { host: HOST, port: (listener.address() as AddressInfo).port };
  const serving: Serving = { ...parts, address, resetPeer: (peer) => cutOff(sockets.get(peer)) };

  server.addService(
    { ...streamsService.StreamsService, read: { ...streamsService.StreamsService.read, responseSerialize: bytesOf } },
    {
      read: (call: Parameters<typeof read>[1]) => read(serving, call),
      batchAppend: (call: Parameters<typeof batchAppend>[1]) => batchAppend(serving, call),
      append: (...call: TailOf<typeof append>) => append(serving, ...call),
      delete: (...call: TailOf<typeof softDelete>) => softDelete(serving, ...call),
      tombstone: (...call: TailOf<typeof tombstone>) => tombstone(serving, ...call),
    },
  );
  server.addService(featuresService.ServerFeaturesService, {
    getSupportedMethods: (_: unknown, answer: grpc.sendUnaryData<unknown>) => answer(null, supported(serving.version)),
  });
  server.addService(gossipService.GossipService, {
    read: (_: unknown, answer: grpc.sendUnaryData<unknown>) => answer(null, onlyLeader(address)),
  });

  return {
    port: address.port,
    async close() {
      const closed = new Promise((done) => listener.close(done));
      for (const socket of sockets.values()) cutOff(socket);
      connections.destroy();
      server.forceShutdown();
      await closed;
    },
  };
}

type TailOf<F> = F extends (first: Serving, ...rest: infer R) => unknown ? R : never;

/** Ends calls to streams without the right user and password as a server does: what it can do it tells anybody. */
function signedIn(user: string): grpc.ServerInterceptor {
  const wanted = `Basic ${Buffer.from(user).toString('base64')}`;
  return ({ path }, call) =>
    new grpc.ServerInterceptingCall(call, {
      start(next) {
        next({
          onReceiveMetadata(metadata, goOn) {
            if (!path.includes('.streams.') || metadata.get('authorization')[0] === wanted) goOn(metadata);
            else call.sendStatus({ code: grpc.status.UNAUTHENTICATED, details: 'Unauthenticated' });
          },
        });
      },
    });
}

/** Events lie in the log as the bytes to be sent; all else is a message. */
const bytesOf = (response: ReadResp | Buffer): Buffer =>
  Buffer.isBuffer(response) ? response : Buffer.from(response.serializeBinary());

function supported(version: Version) {
  const method = new features.SupportedMethod();
  method.setServiceName('event_store.client.streams.streams');
  method.setMethodName('batchappend');
  const methods = new features.SupportedMethods();
  methods.setEventStoreServerVersion(version);
  methods.setMethodsList([method]);
  return methods;
}

function onlyLeader({ host, port }: Serving['address']) {
  const endpoint = new gossip.EndPoint();
  endpoint.setAddress(host);
  endpoint.setPort(port);
  const id = new shared.UUID();
  id.setString('00000000-0000-4000-8000-000000000001');
  const member = new gossip.MemberInfo();
  member.setInstanceId(id);
  member.setState(gossip.MemberInfo.VNodeState.LEADER);
  member.setIsAlive(true);
  member.setHttpEndPoint(endpoint);
  const cluster = new gossip.ClusterInfo();
  cluster.setMembersList([member]);
  return cluster;
}
